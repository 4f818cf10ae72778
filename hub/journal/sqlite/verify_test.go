package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

func TestVerify_finds_appends_behind_the_head(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "UPDATE session SET (seq, hash) = (SELECT last, after FROM append WHERE lsn = 26) WHERE key = 2")
	found, _, err := d.verify(t)
	require.Len(t, found, 1)
	requireDamage(t, err, d.streams[1].ID, 19, "session row 2")
}

func TestVerify_finds_one_flipped_byte_of_the_file(t *testing.T) {
	d := newDamaged(t)
	path := filepath.Join(d.dir, FileName)
	stored, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.LastIndex(stored, []byte(`{"n":11,`)) // event 11 of a session
	require.Positive(t, at)
	stored[at+2] ^= 1
	require.NoError(t, os.WriteFile(path, stored, 0o600))
	_, _, err = d.verify(t)
	var damage *journal.DamageError
	require.ErrorAs(t, err, &damage)
	require.Equal(t, journal.Seq(11), damage.Seq)
}

func TestVerify_reports_every_damaged_session_once(t *testing.T) {
	d := newDamaged(t)
	for _, lsn := range []int{1, 4, 6, 9} { // two of the first session, two of the third
		d.exec(t, "UPDATE append SET data = x'00' WHERE lsn = ?", lsn)
	}
	found, last, err := d.verify(t)
	require.Len(t, found, 2)
	requireDamage(t, found[0], d.streams[0].ID, 1, "row 1")
	requireDamage(t, found[1], d.streams[2].ID, 3, "row 6")
	require.ErrorContains(t, err, "2 damages")
	require.Equal(t, Progress{Sessions: 3, Total: 3, Events: 22}, last)
}

func TestVerify_finds_appends_of_a_missing_session(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "DELETE FROM session WHERE key = 2")
	_, _, err := d.verify(t)
	require.ErrorContains(t, err, "session row 2 is missing")
}

func TestVerify_reports_what_the_integrity_check_finds(t *testing.T) {
	d := newDamaged(t)
	f, err := os.OpenFile(filepath.Join(d.dir, FileName), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(make([]byte, 2000), 4096*3) // a page of the indexes
	require.NoError(t, errors.Join(err, f.Close()))
	_, _, err = d.verify(t)
	require.Error(t, err)
}

func TestVerify_does_not_change_a_sound_journal(t *testing.T) {
	d := newDamaged(t)
	before, err := os.ReadFile(filepath.Join(d.dir, FileName))
	require.NoError(t, err)
	found, last, err := d.verify(t)
	require.NoError(t, err)
	require.Empty(t, found)
	require.Equal(t, Progress{Sessions: 3, Total: 3, Events: 60}, last)
	after, err := os.ReadFile(filepath.Join(d.dir, FileName))
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestVerify_runs_beside_a_server(t *testing.T) {
	d := newDamaged(t)
	_, w := openWriter(t, d.dir, options{})
	ctx, cancel := context.WithCancel(t.Context())
	written := make(chan error) // sent to once by the goroutine, when it ends
	go func() {                 // ends after cancel; the test then receives from written
		for ctx.Err() == nil {
			if err := w.Append(d.streams[0].Next(1)).Err(); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for range 3 {
		found, _, err := d.verify(t)
		require.NoError(t, err)
		require.Empty(t, found)
	}
	cancel()
	require.NoError(t, <-written)
}

func TestVerify_names_a_missing_file(t *testing.T) {
	err := Verify(t.Context(), t.TempDir(), func(Progress) {}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, FileName)
}

func TestVerify_refuses_a_file_that_is_not_a_journal(t *testing.T) {
	cases := []struct {
		name, want string
		make       func(t *testing.T, path string)
	}{
		{"an empty file", "is not a Parley journal", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, nil, 0o600))
		}},
		{"a database of another program", "is not a Parley journal", func(t *testing.T, path string) {
			alter(t, filepath.Dir(path), "CREATE TABLE session (id TEXT)")
		}},
		{"a file of another kind", "file is not a database", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("hello", 1000)), 0o600))
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			tc.make(t, filepath.Join(dir, FileName))
			err := Verify(t.Context(), dir, func(Progress) {}, nil)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, 1, strings.Count(err.Error(), tc.want), "the error says it once: %v", err)
		})
	}
}
