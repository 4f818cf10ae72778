package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// unexpected returns a progress function that fails the test when a program is built.
func unexpected(t *testing.T) func(string) {
	return func(text string) { t.Error("unexpected progress:", text) }
}

func TestFindParley_prefers_the_named_program_to_the_one_beside_this_one(t *testing.T) {
	dir := t.TempDir()
	beside := filepath.Join(dir, "parley")
	require.NoError(t, os.WriteFile(beside, nil, 0o700))
	self := filepath.Join(dir, "parley-bench")
	found, _, err := findParley(t.Context(), self, "", unexpected(t))
	require.NoError(t, err)
	require.Equal(t, beside, found)

	named := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.WriteFile(named, nil, 0o700))
	found, _, err = findParley(t.Context(), self, named, unexpected(t))
	require.NoError(t, err)
	require.Equal(t, named, found)
}

func TestFindParley_says_how_to_name_a_program_if_there_is_none(t *testing.T) {
	t.Chdir(t.TempDir())
	_, _, err := findParley(t.Context(), filepath.Join(t.TempDir(), "parley-bench"), "", unexpected(t))
	require.ErrorContains(t, err, "give one with --parley")
	_, _, err = findParley(t.Context(), "", "no-such-program", unexpected(t))
	require.ErrorContains(t, err, "--parley: ")
}
