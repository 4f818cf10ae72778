package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/hubtest/journaltest"
)

func TestOpen_reports_any_flipped_byte_of_a_log_or_loses_nothing(t *testing.T) {
	fresh, recycled := newCrashed(t, options{}, 30), newCrashed(t, options{checkpoint: 50}, 55)
	dirs := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom([]*crashed{fresh, recycled}).Draw(r, "log")
		at := rapid.OneOf(
			rapid.IntRange(0, c.logSize()-1),
			rapid.IntRange(0, logHeaderSize+frameHeaderSize-1),   // the headers of the log and of the first frame
			rapid.IntRange(c.logSize()-frameSize, c.logSize()-1), // the last frame
		).Draw(r, "at")
		by := byte(rapid.IntRange(1, 255).Draw(r, "by"))
		indexed := rapid.Bool().Draw(r, "indexed")
		n++
		dir := filepath.Join(dirs, fmt.Sprint(n))
		require.NoError(t, os.Mkdir(dir, 0o700))
		c.write(t, dir, flip(at, by, indexed))
		reported := c.open(t, dir)
		require.True(t, reported || c == recycled, "every byte of the fresh log belongs to a committed frame")
	})
}

func TestOpen_reports_damage_of_many_bytes_while_there_is_an_index(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for range 12 {
		from := rand.IntN(c.logSize())
		to := min(from+1+rand.IntN(6000), c.logSize())
		dir := t.TempDir()
		c.write(t, dir, changeLog(true, func(content []byte) []byte {
			for i := from; i < to; i++ {
				content[i] = byte(rand.Uint32())
			}
			return content
		}))
		require.True(t, c.open(t, dir), "bytes %d to %d", from, to)
	}
}

func TestOpen_reports_a_log_that_was_truncated_or_removed(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for _, keep := range []int{0, 10, logHeaderSize, frameAt(1), c.logSize() - frameSize, c.logSize() - 1} {
		dir := t.TempDir()
		c.write(t, dir, changeLog(true, func(content []byte) []byte { return content[:keep] }))
		require.True(t, c.open(t, dir), "truncated to %d bytes", keep)
	}
	dir := t.TempDir()
	c.write(t, dir, changeLog(true, func([]byte) []byte { return nil }))
	require.True(t, c.open(t, dir), "removed")
}

// SQLite deletes a log that it finds beside an empty database.
func TestOpen_reports_a_missing_database_beside_its_log(t *testing.T) {
	c := newCrashed(t, options{}, 3)
	for _, database := range [][]byte{nil, {}} {
		dir := t.TempDir()
		c.write(t, dir, func(suffix string, content []byte) []byte {
			if suffix == "" {
				return database
			}
			return content
		})
		_, err := Open(dir, Options{})
		require.ErrorContains(t, err, "missing or empty")
		require.FileExists(t, filepath.Join(dir, FileName+"-wal"))
	}
}

// A log that was checkpointed and started over holds frames of the earlier log
// behind its end.
func TestOpen_ignores_frames_of_an_earlier_log(t *testing.T) {
	for commits := 30; commits < 60; commits += 10 {
		c := newCrashed(t, options{checkpoint: 50}, commits)
		for _, indexed := range []bool{true, false} {
			dir := t.TempDir()
			c.write(t, dir, flip(0, 0, indexed))
			require.False(t, c.open(t, dir))
		}
	}
}

func TestOpen_takes_an_incomplete_frame_for_the_end_of_the_log(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	transaction := newCrashed(t, options{}, 13).logSize() - c.logSize()
	frameHeader := c.files["-wal"][logHeaderSize : logHeaderSize+frameHeaderSize]
	for name, tail := range map[string][]byte{
		"half a frame":                make([]byte, 2000),
		"a frame of zeros":            make([]byte, frameSize),
		"a transaction of zeros":      make([]byte, transaction+frameSize),
		"a frame header without page": append(slices.Clone(frameHeader), make([]byte, 4096)...),
	} {
		t.Run(name, func(t *testing.T) {
			for _, indexed := range []bool{true, false} {
				dir := t.TempDir()
				c.write(t, dir, changeLog(indexed, func(content []byte) []byte { return append(content, tail...) }))
				require.False(t, c.open(t, dir))
			}
		})
	}
}

// openNoticed opens the journal in dir and returns its notices.
func openNoticed(t *testing.T, dir string) []string {
	var notices []string
	j, err := Open(dir, Options{Notice: func(text string) { notices = append(notices, text) }})
	require.NoError(t, err)
	require.NoError(t, j.Close())
	return notices
}

func TestOpen_says_that_it_drops_an_incomplete_transaction(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	first, _ := c.lastTransaction()
	dir := t.TempDir()
	c.write(t, dir, changeLog(false, func(content []byte) []byte {
		clear(content[frameAt(first)+frameHeaderSize : frameAt(first+1)])
		return content
	}))
	notices := openNoticed(t, dir)
	require.Len(t, notices, 1)
	require.Contains(t, notices[0], "dropped an incomplete transaction")
}

// A power cut can leave a transaction without its last frame.
func TestOpen_ignores_a_damaged_transaction_without_an_end(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	first, last := c.lastTransaction()
	require.Less(t, first, last)
	dir := t.TempDir()
	c.write(t, dir, changeLog(false, func(content []byte) []byte {
		content[frameAt(first)+frameHeaderSize] ^= 1
		return content[:frameAt(last)]
	}))
	require.Empty(t, openNoticed(t, dir))
}

// A sector that a power cut kept from the disk may differ from the intended one in
// a single byte.
func TestOpen_takes_a_flipped_byte_of_the_last_transaction_for_a_power_cut(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	first, last := c.lastTransaction()
	for _, frame := range []int{first, last} {
		dir := t.TempDir()
		c.write(t, dir, flip(frameAt(frame)+frameHeaderSize+100, 1, false))
		require.Len(t, openNoticed(t, dir), 1)
	}
}

func TestVerify_reports_damage_to_a_log_and_changes_no_file(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	dir := t.TempDir()
	c.write(t, dir, flip(c.logSize()/2, 1, true))
	for range 2 { // the second run relies on what the first leaves
		err := Verify(t.Context(), dir, func(Progress) {}, nil)
		_, ok := errors.AsType[*LogDamageError](err)
		require.True(t, ok, "%v", err)
	}
	left, err := os.ReadFile(filepath.Join(dir, FileName+"-shm"))
	require.NoError(t, err)
	require.Equal(t, c.files["-shm"], left)
}

func TestVerify_reports_damage_to_the_log_of_a_running_server(t *testing.T) {
	dir := t.TempDir()
	_, w := openWriter(t, dir, options{})
	s := journaltest.NewSession(1)
	for range 10 {
		require.NoError(t, w.Append(s.Next(1)).Err())
	}
	requireSound(t, dir)
	f, err := os.OpenFile(filepath.Join(dir, FileName+"-wal"), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte("damage"), 9000)
	require.NoError(t, errors.Join(err, f.Close()))
	err = Verify(t.Context(), dir, func(Progress) {}, nil)
	_, ok := errors.AsType[*LogDamageError](err)
	require.True(t, ok, "%v", err)
}
