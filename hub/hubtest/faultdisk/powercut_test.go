package faultdisk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func all() bool  { return true }
func none() bool { return false }

func write(file string, offset int64, data string) Op {
	return Op{Kind: Write, File: file, Offset: offset, Data: []byte(data)}
}

func TestAfter_keeps_synced_changes(t *testing.T) {
	create := []Op{{Kind: Create, File: "1", Name: "a"}, {Kind: SyncDir}}
	for _, test := range []struct {
		name       string
		log        []Op
		none, all  string // of the file "a"
		noneExists bool
	}{
		{"a synced write survives", []Op{write("1", 0, "one"), {Kind: Sync, File: "1"}}, "one", "one", true},
		{"an unsynced write may survive", []Op{write("1", 0, "one")}, "", "one", true},
		{"an unsynced write after a synced one may survive", []Op{write("1", 0, "one"), {Kind: Sync, File: "1"}, write("1", 1, "xy")}, "one", "oxy", true},
		{"a hole is filled with zeros", []Op{write("1", 2, "x")}, "", "\x00\x00x", true},
		{"an unsynced truncation may survive", []Op{write("1", 0, "one"), {Kind: Sync, File: "1"}, {Kind: Truncate, File: "1", Offset: 1}}, "one", "o", true},
		{
			"a write that a failed sync dropped does not survive, even after the next sync",
			[]Op{write("1", 0, "one"), {Kind: FailedSync, File: "1"}, write("1", 3, "two"), {Kind: Sync, File: "1"}},
			"\x00\x00\x00two", "\x00\x00\x00two", true,
		},
		{"an unsynced removal may survive", []Op{{Kind: Remove, Name: "a"}}, "", "", true},
		{"a synced removal survives", []Op{{Kind: Remove, Name: "a"}, {Kind: SyncDir}}, "", "", false},
		{
			"an unsynced rename may survive",
			[]Op{{Kind: Create, File: "2", Name: "b"}, write("2", 0, "new"), {Kind: Sync, File: "2"}, {Kind: Rename, Name: "b", To: "a"}},
			"", "new", true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := append(create[:2:2], test.log...)
			found := After(log, none)
			content, exists := found["a"]
			require.Equal(t, test.noneExists, exists)
			require.Equal(t, test.none, string(content))
			require.Equal(t, test.all, string(After(log, all)["a"]))
		})
	}
}

func TestAfter_may_lose_a_file_whose_directory_was_not_synced(t *testing.T) {
	log := []Op{{Kind: Create, File: "1", Name: "a"}, write("1", 0, "one"), {Kind: Sync, File: "1"}}
	require.NotContains(t, After(log, none), "a")
	require.Contains(t, After(log, all), "a")
}

func TestAfter_tears_a_write_between_sectors(t *testing.T) {
	page := strings.Repeat("o", 4096)
	log := []Op{{Kind: Create, File: "1", Name: "a"}, {Kind: SyncDir}, write("1", 0, page), {Kind: Sync, File: "1"}, write("1", 100, strings.Repeat("n", 3000))}
	n := 0
	second := func() bool { n++; return n%2 == 0 }
	torn := string(After(log, second)["a"])
	require.Len(t, torn, 4096)
	require.Equal(t, strings.Repeat("o", 512)+strings.Repeat("n", 512)+strings.Repeat("o", 512), torn[:3*512])
}
