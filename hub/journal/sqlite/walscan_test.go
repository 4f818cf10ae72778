package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/hubtest"
)

// crashed is a journal as a killed process leaves it: a database, a log and the
// log's index.
type crashed struct {
	files   map[string][]byte
	streams []*hubtest.Stream // all of it acknowledged
}

// newCrashed makes one; change may write more before it is killed.
func newCrashed(t testing.TB, o options, commits int) *crashed {
	dir := t.TempDir()
	j, err := open(dir, o)
	require.NoError(t, err)
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	c := &crashed{files: map[string][]byte{}}
	for range 3 {
		c.streams = append(c.streams, hubtest.NewSession(1))
	}
	for i := range commits {
		require.NoError(t, w.Append(c.streams[i%3].Next(1+i%2)).Err())
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		c.files[suffix], err = os.ReadFile(filepath.Join(dir, FileName+suffix))
		require.NoError(t, err)
	}
	return c
}

// in writes the files to a directory of their own, changed.
func (c *crashed) in(t testing.TB, dir string, change func(suffix string, content []byte) []byte) {
	for suffix, content := range c.files {
		if content = change(suffix, append([]byte(nil), content...)); content != nil {
			require.NoError(t, os.WriteFile(filepath.Join(dir, FileName+suffix), content, 0o600))
		}
	}
}

// outcome opens the journal and reports whether damage was named; if it was not,
// everything that was acknowledged has to be there, but for one transaction at
// the end when it is said that it is dropped.
func (c *crashed) outcome(t testing.TB, dir string) (named bool) {
	dropped := 0
	j, err := Open(dir, Options{Notice: func(string) { dropped++ }})
	if _, ok := errors.AsType[*LogDamageError](err); ok {
		return true
	}
	require.NoError(t, err)
	defer j.Close()
	for _, s := range c.streams {
		var n int
		for r, err := range j.Read(t.Context(), s.ID, 1) {
			require.NoError(t, err)
			require.Equal(t, s.Records[n].Hash, r.Hash)
			n++
		}
		if n < len(s.Records) && dropped > 0 {
			dropped--
			named = true
			continue
		}
		require.Equal(t, len(s.Records), n, "acknowledged events are lost without a word")
	}
	return named
}

func (c *crashed) wal() int { return len(c.files["-wal"]) }

// flip changes one byte of the log, and leaves the index out if so asked.
func flip(at int, by byte, indexed bool) func(string, []byte) []byte {
	return func(suffix string, content []byte) []byte {
		switch {
		case suffix == "-wal":
			content[at] ^= by
		case suffix == "-shm" && !indexed:
			return nil
		}
		return content
	}
}

func TestOpen_names_any_flipped_byte_of_a_log_or_loses_nothing(t *testing.T) {
	fresh, recycled := newCrashed(t, options{}, 30), newCrashed(t, options{checkpoint: 50}, 55)
	dirs := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom([]*crashed{fresh, recycled}).Draw(r, "log")
		at := rapid.OneOf(
			rapid.IntRange(0, c.wal()-1),
			rapid.IntRange(0, walHeaderSize+frameHeaderSize-1), // the log's header and the first frame's
			rapid.IntRange(c.wal()-4120, c.wal()-1),            // the last frame
		).Draw(r, "at")
		by := byte(rapid.IntRange(1, 255).Draw(r, "by"))
		indexed := rapid.Bool().Draw(r, "indexed")
		n++
		dir := filepath.Join(dirs, fmt.Sprint(n))
		require.NoError(t, os.Mkdir(dir, 0o700))
		c.in(t, dir, flip(at, by, indexed))
		named := c.outcome(t, dir)
		require.True(t, named || c == recycled, "every byte of the fresh log is of a frame that was committed")
	})
}

func TestOpen_names_more_damage_than_a_byte_while_the_index_is_there(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for range 12 {
		from := rand.IntN(c.wal())
		to := min(from+1+rand.IntN(6000), c.wal())
		dir := t.TempDir()
		c.in(t, dir, func(suffix string, content []byte) []byte {
			if suffix == "-wal" {
				for i := from; i < to; i++ {
					content[i] = byte(rand.Uint32())
				}
			}
			return content
		})
		require.True(t, c.outcome(t, dir), "bytes %d to %d", from, to)
	}
}

func TestOpen_names_a_log_that_was_cut_short_or_removed(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for _, keep := range []int{0, 10, walHeaderSize, walHeaderSize + 4120, c.wal() - 4120, c.wal() - 1} {
		dir := t.TempDir()
		c.in(t, dir, func(suffix string, content []byte) []byte {
			if suffix == "-wal" {
				return content[:keep]
			}
			return content
		})
		require.True(t, c.outcome(t, dir), "cut to %d bytes", keep)
	}
	dir := t.TempDir()
	c.in(t, dir, func(suffix string, content []byte) []byte {
		if suffix == "-wal" {
			return nil
		}
		return content
	})
	require.True(t, c.outcome(t, dir), "removed")
}

// SQLite deletes a log that it finds beside an empty database.
func TestOpen_names_a_database_that_is_missing_beside_its_log(t *testing.T) {
	c := newCrashed(t, options{}, 3)
	for _, left := range [][]byte{nil, {}} {
		dir := t.TempDir()
		c.in(t, dir, func(suffix string, content []byte) []byte {
			if suffix == "" {
				return left
			}
			return content
		})
		_, err := Open(dir, Options{})
		require.ErrorContains(t, err, "missing or empty")
		require.FileExists(t, filepath.Join(dir, FileName+"-wal"))
	}
}

// A log that was moved into the database and begun anew holds frames of before
// behind its end, which belong to nothing.
func TestOpen_takes_frames_of_an_earlier_log_for_nothing(t *testing.T) {
	for commits := 30; commits < 60; commits += 10 {
		c := newCrashed(t, options{checkpoint: 50}, commits)
		for _, indexed := range []bool{true, false} {
			dir := t.TempDir()
			c.in(t, dir, flip(0, 0, indexed))
			require.False(t, c.outcome(t, dir))
		}
	}
}

func TestOpen_takes_a_torn_end_for_the_end(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	extra := newCrashed(t, options{}, 13).wal() - c.wal()
	for name, tail := range map[string][]byte{
		"half a frame":               make([]byte, 2000),
		"a frame of zeros":           make([]byte, 4120),
		"frames of zeros":            make([]byte, extra+4120),
		"a frame header and no page": append(append([]byte(nil), c.files["-wal"][walHeaderSize:walHeaderSize+24]...), make([]byte, 4096)...),
	} {
		t.Run(name, func(t *testing.T) {
			for _, indexed := range []bool{true, false} {
				dir := t.TempDir()
				c.in(t, dir, func(suffix string, content []byte) []byte {
					if suffix == "-wal" {
						return append(content, tail...)
					}
					return flip(0, 0, indexed)(suffix, content)
				})
				require.False(t, c.outcome(t, dir))
			}
		})
	}
}

func TestOpen_says_that_a_transaction_was_not_wholly_written(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	s, err := scanFiles(t, c)
	require.NoError(t, err)
	torn := -1 // the first frame of the last transaction
	for i := len(s.frames) - 2; torn < 0; i-- {
		if s.frames[i].commit {
			torn = i + 1
		}
	}
	dir := t.TempDir()
	c.in(t, dir, func(suffix string, content []byte) []byte {
		switch suffix {
		case "-wal":
			clear(content[s.offset(torn)+frameHeaderSize : s.offset(torn+1)])
		case "-shm":
			return nil // nor was it written
		}
		return content
	})
	var said []string
	j, err := Open(dir, Options{Notice: func(text string) { said = append(said, text) }})
	require.NoError(t, err)
	require.NoError(t, j.Close())
	require.Len(t, said, 1)
	require.Contains(t, said[0], "not wholly there")
}

// A power cut can leave a transaction without its end.
func TestOpen_takes_a_damaged_transaction_without_an_end_for_a_torn_one(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	s, err := scanFiles(t, c)
	require.NoError(t, err)
	first, last := s.lastTransaction()
	require.Less(t, first, last)
	dir := t.TempDir()
	c.in(t, dir, func(suffix string, content []byte) []byte {
		switch suffix {
		case "-wal":
			content[s.offset(first)+frameHeaderSize] ^= 1
			return content[:s.offset(last)]
		case "-shm":
			return nil
		}
		return content
	})
	j, err := Open(dir, Options{})
	require.NoError(t, err)
	require.NoError(t, j.Close())
}

// A sector that a power cut has kept from the disk can differ in one byte only
// from what was to be there.
func TestOpen_takes_one_byte_of_the_last_transaction_for_a_torn_one(t *testing.T) {
	c := newCrashed(t, options{}, 12)
	s, err := scanFiles(t, c)
	require.NoError(t, err)
	first, last := s.lastTransaction()
	for _, frame := range []int{first, last} {
		dir := t.TempDir()
		c.in(t, dir, flip(int(s.offset(frame))+frameHeaderSize+100, 1, false))
		said := 0
		j, err := Open(dir, Options{Notice: func(string) { said++ }})
		require.NoError(t, err)
		require.NoError(t, j.Close())
		require.Equal(t, 1, said)
	}
}

// lastTransaction returns its first and its last frame.
func (s *walScan) lastTransaction() (first, last int) {
	last = len(s.frames) - 1
	for first = last; !s.frames[first-1].commit; first-- {
	}
	return first, last
}

func scanFiles(t testing.TB, c *crashed) (*walScan, error) {
	dir := t.TempDir()
	c.in(t, dir, flip(0, 0, true))
	return scanWal(filepath.Join(dir, FileName+"-wal"))
}

func TestVerify_names_damage_to_a_log_and_leaves_the_files(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	dir := t.TempDir()
	c.in(t, dir, flip(c.wal()/2, 1, true))
	for range 2 { // the first leaves what the second goes by
		err := Verify(t.Context(), dir, func(Progress) {})
		_, ok := errors.AsType[*LogDamageError](err)
		require.True(t, ok, "%v", err)
	}
	left, err := os.ReadFile(filepath.Join(dir, FileName+"-shm"))
	require.NoError(t, err)
	require.Equal(t, c.files["-shm"], left)
}

func TestVerify_names_damage_to_the_log_of_a_running_server(t *testing.T) {
	dir := t.TempDir()
	j := openForTest(t, dir)
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	for range 10 {
		require.NoError(t, w.Append(s.Next(1)).Err())
	}
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))
	f, err := os.OpenFile(filepath.Join(dir, FileName+"-wal"), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte("damage"), 9000)
	require.NoError(t, errors.Join(err, f.Close()))
	err = Verify(t.Context(), dir, func(Progress) {})
	_, ok := errors.AsType[*LogDamageError](err)
	require.True(t, ok, "%v", err)
}
