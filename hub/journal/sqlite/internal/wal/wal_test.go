package wal

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResync_leaves_a_log_as_it_is(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db-wal")
	require.NoError(t, Resync(path), "a missing log needs no sync")
	require.NoFileExists(t, path)
	content := make([]byte, 100_000)
	for i := range content {
		content[i] = byte(rand.Uint32())
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
	require.NoError(t, Resync(path))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, content, after)
}

func TestParseRepair_accepts_the_names_of_repairs(t *testing.T) {
	l := &Log{frames: []frameInfo{{fixes: make([]fix, 3)}}}
	repairs := l.Repairs()
	require.Len(t, repairs, 4, "one for each fix, and one that truncates")
	for _, want := range repairs {
		got, ok := ParseRepair(want.String())
		require.True(t, ok, want.String())
		require.Equal(t, want, got)
	}
	for _, name := range []string{"", "keep0", "keep-1", "keepx", "until1", "other"} {
		_, ok := ParseRepair(name)
		require.False(t, ok, name)
	}
}

// randomFrame returns a header and a valid first frame of a page of 512 bytes.
func randomFrame(order binary.ByteOrder) (header, frame) {
	h := header{order: order, pageSize: minPageSize, salts: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}}.encoded()
	f := make(frame, h.frameSize())
	for i := range f {
		f[i] = byte(rand.Uint32())
	}
	f[0] = 1 // page 0 is not valid
	copy(f.salts(), h.salts[:])
	h.checksumOf(f, h.sum).put(f[16:])
	return h, f
}

func TestFixes_include_the_original_value_of_any_changed_byte(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		h, original := randomFrame(order)
		require.True(t, h.isValid(original, h.sum))
		for at := 0; at < len(original); at += 1 + rand.IntN(20) {
			damaged := slices.Clone(original)
			damaged[at] ^= byte(1 + rand.IntN(255))
			fixes := h.fixes(damaged, h.sum)
			require.Contains(t, fixes, fix{int64(at), original[at]}, "byte %d", at)
			for _, fix := range fixes {
				fixed := slices.Clone(damaged)
				fixed[fix.at] = fix.to
				require.Equal(t, h.checksumOf(fixed, h.sum), fixed.checksum())
			}
		}
	}
}

func TestRepairHeader_restores_any_changed_byte(t *testing.T) {
	h, _ := randomFrame(binary.LittleEndian)
	for at := range h.raw {
		damaged := h.raw
		damaged[at] ^= byte(1 + rand.IntN(255))
		repaired, ok := repairHeader(damaged[:], h.salts[:])
		require.True(t, ok, "byte %d", at)
		require.Equal(t, h, repaired, "byte %d", at)
	}
}
