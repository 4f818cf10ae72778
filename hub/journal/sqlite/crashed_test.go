package sqlite

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
)

// Sizes in the logs of these tests, in bytes; see https://www.sqlite.org/fileformat.html#walformat.
const (
	logHeaderSize   = 32
	frameHeaderSize = 24
	frameSize       = frameHeaderSize + 4096
)

// crashed holds the files of a journal as a killed process leaves them: a database,
// a log and the log's index.
type crashed struct {
	files   map[string][]byte     // by suffix
	streams []*journaltest.Stream // acknowledged events
}

// newCrashed writes a journal of three sessions and some commits.
func newCrashed(t testing.TB, o options, commits int) *crashed {
	dir := t.TempDir()
	j, w := openWriter(t, dir, o)
	defer j.Close()
	c := &crashed{files: map[string][]byte{}}
	var err error
	for range 3 {
		c.streams = append(c.streams, journaltest.NewSession(1))
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

// write writes the files to a directory, each changed by change, which may return
// nil for a file that is missing.
func (c *crashed) write(t testing.TB, dir string, change func(suffix string, content []byte) []byte) {
	for suffix, content := range c.files {
		if content = change(suffix, append([]byte(nil), content...)); content != nil {
			require.NoError(t, os.WriteFile(filepath.Join(dir, FileName+suffix), content, 0o600))
		}
	}
}

// open opens the journal in dir and reports whether that reports damage. Otherwise
// it requires all acknowledged events, except those of a transaction at the end
// that Open says it has dropped, which counts as reported.
func (c *crashed) open(t testing.TB, dir string) (reported bool) {
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
			reported = true
			continue
		}
		require.Equal(t, len(s.Records), n, "acknowledged events are silently lost")
	}
	return reported
}

// logSize is the size of the log in bytes.
func (c *crashed) logSize() int { return len(c.files["-wal"]) }

// frameAt returns where frame n of the log begins.
func frameAt(n int) int { return logHeaderSize + n*frameSize }

// frames counts the frames in the log.
func (c *crashed) frames() int { return (c.logSize() - logHeaderSize) / frameSize }

// isCommit reports whether frame n ends a transaction.
func (c *crashed) isCommit(n int) bool {
	return binary.BigEndian.Uint32(c.files["-wal"][frameAt(n)+4:]) != 0
}

// lastTransaction returns the first and the last frame of the last transaction.
func (c *crashed) lastTransaction() (first, last int) {
	last = c.frames() - 1
	for first = last; !c.isCommit(first - 1); first-- {
	}
	return first, last
}

// unchanged is a change for crashed.write that changes nothing.
func unchanged(_ string, content []byte) []byte { return content }

// changeLog returns a change for crashed.write that changes the log. It removes the
// index unless indexed is set.
func changeLog(indexed bool, change func(content []byte) []byte) func(string, []byte) []byte {
	return func(suffix string, content []byte) []byte {
		switch {
		case suffix == "-wal":
			return change(content)
		case suffix == "-shm" && !indexed:
			return nil
		}
		return content
	}
}

// flip returns a change for crashed.write that changes one byte of the log. It
// removes the index unless indexed is set.
func flip(at int, by byte, indexed bool) func(string, []byte) []byte {
	return changeLog(indexed, func(content []byte) []byte {
		content[at] ^= by
		return content
	})
}
