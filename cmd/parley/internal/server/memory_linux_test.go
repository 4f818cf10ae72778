package server

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutboundBytes_defaults_to_a_quarter_of_the_memory_limit(t *testing.T) {
	require.Equal(t, 7, outboundBytes(7), "the configured value takes precedence")
	before := debug.SetMemoryLimit(400 << 20)
	defer debug.SetMemoryLimit(before)
	require.LessOrEqual(t, outboundBytes(0), 100<<20)
}

func TestCgroupMemoryLimit_is_the_lowest_of_the_group_and_its_parents(t *testing.T) {
	root := t.TempDir()
	write := func(path, limit string) {
		require.NoError(t, os.MkdirAll(filepath.Join(root, path), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, path, "memory.max"), []byte(limit+"\n"), 0o600))
	}
	require.EqualValues(t, math.MaxInt64, cgroupMemoryLimit(root, "/none/at/all", "memory.max"))
	write("a/b/c", "max")
	require.EqualValues(t, math.MaxInt64, cgroupMemoryLimit(root, "/a/b/c", "memory.max"))
	write("a/b", "524288000")
	write("a", "1073741824")
	require.EqualValues(t, 524288000, cgroupMemoryLimit(root, "/a/b/c", "memory.max"))
	require.EqualValues(t, 1073741824, cgroupMemoryLimit(root, "/a", "memory.max"))
	write("old", "9223372036854771712")
	require.EqualValues(t, math.MaxInt64, cgroupMemoryLimit(root, "/old", "memory.max"), "version 1 reports this value if there is no limit")
}

func TestLimitMemory_reserves_a_tenth_of_the_system_limit_for_memory_outside_the_heap(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	limitMemory("", 1000)
	require.EqualValues(t, 900, debug.SetMemoryLimit(before))
	limitMemory("300MiB", 1000)
	require.Equal(t, before, debug.SetMemoryLimit(-1), "GOMEMLIMIT takes precedence")
	limitMemory("", math.MaxInt64)
	require.Equal(t, before, debug.SetMemoryLimit(-1))
}
