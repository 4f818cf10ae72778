package demo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/demo"
)

func TestPrepareScratch_keeps_the_files_and_a_bounded_number_of_directories(t *testing.T) {
	parent := t.TempDir()
	dir, err := demo.PrepareScratch(filepath.Join(parent, "own"))
	require.NoError(t, err)
	file := filepath.Join(dir, "basket", "item.go")
	require.FileExists(t, file)
	require.NoError(t, os.WriteFile(file, []byte("changed"), 0o600))
	again, err := demo.PrepareScratch(dir)
	require.NoError(t, err)
	require.Equal(t, dir, again)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "changed", string(content), "a restarted agent finds its files")

	for i := range 300 {
		require.NoError(t, os.Mkdir(filepath.Join(parent, fmt.Sprint(i)), 0o700))
	}
	_, err = demo.PrepareScratch(filepath.Join(parent, "newest"))
	require.NoError(t, err)
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, entries, 256)
	require.DirExists(t, filepath.Join(parent, "newest"))
}
