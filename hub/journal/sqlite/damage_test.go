package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal"
)

// damaged is a closed journal of three sessions of ten rows, two events each.
type damaged struct {
	dir     string
	streams []*hubtest.Stream
}

func newDamaged(t *testing.T) *damaged {
	d := &damaged{dir: t.TempDir()}
	j := openForTest(t, d.dir)
	defer j.Close()
	for range 3 {
		d.streams = append(d.streams, hubtest.NewSession(1))
	}
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	for range 10 {
		for _, s := range d.streams {
			require.NoError(t, w.Append(s.Next(2)).Err())
		}
	}
	for _, s := range d.streams {
		require.NoError(t, w.PutSnapshot(journal.Snapshot{Session: s.ID, Head: s.Head, State: []byte("state")}).Err())
	}
	return d
}

// exec changes the database behind the journal's back.
func (d *damaged) exec(t *testing.T, statement string, args ...any) {
	db, err := sql.Open(driverName, filepath.Join(d.dir, FileName))
	require.NoError(t, err)
	defer db.Close()
	result, err := db.Exec(statement, args...)
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "rows damaged")
}

// verify returns what Verify reports.
func (d *damaged) verify(t *testing.T) (found []error, last Progress, err error) {
	err = Verify(t.Context(), d.dir, func(p Progress) {
		if p.Damage != nil {
			found = append(found, p.Damage)
		}
		last = p
	})
	return found, last, err
}

func requireDamage(t *testing.T, err error, id journal.SessionID, seq journal.Seq, place string) {
	t.Helper()
	var damage *journal.DamageError
	require.ErrorAs(t, err, &damage)
	require.Equal(t, id, damage.Session)
	require.Equal(t, seq, damage.Seq)
	require.Equal(t, place, damage.Place)
}

// The rows of the second session are 2, 5, 8 … 29.
func TestDamage(t *testing.T) {
	const flip = `UPDATE append SET data = CAST(substr(data, 1, ?1) || x'AA' || substr(data, ?1 + 2) AS BLOB) WHERE lsn = ?2`
	for _, test := range []struct {
		name, statement string
		args            []any
		seq             journal.Seq
		place           string
	}{
		{"a byte in the middle", flip, []any{60, 14}, 9, "row 14"},
		{"a byte of a row's second event", flip, []any{150, 14}, 10, "row 14"},
		{"a byte at the end", flip, []any{60, 29}, 19, "row 29"},
		{"a byte at the beginning", flip, []any{0, 2}, 1, "row 2"},
		{"a row cut short", "UPDATE append SET data = substr(data, 1, length(data) - 3) WHERE lsn = 14", nil, 10, "row 14"},
		{"a row emptied", "UPDATE append SET data = x'' WHERE lsn = 14", nil, 9, "row 14"},
		{"a row's hash", "UPDATE append SET after = zeroblob(32) WHERE lsn = 14", nil, 9, "row 14"},
		{"a hash of the wrong size", "UPDATE append SET after = x'00' WHERE lsn = 14", nil, 9, "table append"},
		{"a row's numbers", "UPDATE append SET last = 99 WHERE lsn = 14", nil, 9, "row 14"},
		{"the row of another session", "UPDATE append SET data = (SELECT data FROM append WHERE lsn = 13) WHERE lsn = 14", nil, 9, "row 14"},
		{"a row gone from the middle", "DELETE FROM append WHERE lsn = 14", nil, 9, "row 17"},
		{"a row gone from the end", "DELETE FROM append WHERE lsn = 29", nil, 19, "session row 2"},
		{"a row gone from the beginning", "DELETE FROM append WHERE lsn = 2", nil, 1, "row 5"},
		{"a head that is behind", "UPDATE session SET seq = 18 WHERE key = 2", nil, 19, "session row 2"},
		{"a head that is ahead", "UPDATE session SET seq = 22 WHERE key = 2", nil, 21, "session row 2"},
		{"the hash of a head", "UPDATE session SET hash = zeroblob(32) WHERE key = 2", nil, 21, "session row 2"},
	} {
		t.Run(test.name+" is reported by name", func(t *testing.T) {
			d := newDamaged(t)
			d.exec(t, test.statement, test.args...)
			id := d.streams[1].ID
			found, last, err := d.verify(t)
			require.Len(t, found, 1)
			requireDamage(t, found[0], id, test.seq, test.place)
			requireDamage(t, err, id, test.seq, test.place)
			require.Equal(t, 3, last.Sessions, "the others are checked all the same")
			requireReadDamage(t, d, test.seq, test.place)
		})
	}
}

// Readers stop at the head, so only Verify sees that it was set back to where it
// once stood.
func TestVerify_finds_appends_behind_the_head(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "UPDATE session SET (seq, hash) = (SELECT last, after FROM append WHERE lsn = 26) WHERE key = 2")
	found, _, err := d.verify(t)
	require.Len(t, found, 1)
	requireDamage(t, err, d.streams[1].ID, 19, "session row 2")
}

// requireReadDamage reads the second session, which is damaged, from its start
// and from the damage on, and the first, which is not.
func requireReadDamage(t *testing.T, d *damaged, seq journal.Seq, place string) {
	j := openForTest(t, d.dir)
	defer j.Close()
	id := d.streams[1].ID
	for _, from := range []journal.Seq{1, min(seq, 18)} {
		next := from
		var err error
		for r, e := range j.Read(t.Context(), id, from) {
			if err = e; err == nil {
				require.Equal(t, next, r.Seq)
				next++
			}
		}
		require.LessOrEqual(t, next, seq, "nothing from the damage on is shown")
		var damage *journal.DamageError
		require.ErrorAs(t, err, &damage, "from %d", from)
		require.Equal(t, id, damage.Session)
	}
	for _, err := range j.Read(t.Context(), d.streams[0].ID, 1) {
		require.NoError(t, err)
	}
}

func TestDamage_of_a_snapshot_is_reported_and_leaves_the_events(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "UPDATE snapshot SET state = CAST('State' AS BLOB) WHERE session = 2")
	found, _, err := d.verify(t)
	require.Len(t, found, 1)
	requireDamage(t, err, d.streams[1].ID, 20, "snapshot row 2")
	j := openForTest(t, d.dir)
	defer j.Close()
	_, err = j.Snapshot(t.Context(), d.streams[1].ID)
	requireDamage(t, err, d.streams[1].ID, 20, "snapshot row 2")
}

func TestDamage_of_one_session_does_not_stop_others_of_its_batch(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "UPDATE session SET hash = x'00' WHERE key = 2")
	j := openForTest(t, d.dir)
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	var commits []*journal.Commit
	for range 30 {
		for _, s := range d.streams {
			commits = append(commits, w.Append(s.Next(1)))
		}
	}
	for i, c := range commits {
		if i%3 == 1 {
			require.ErrorIs(t, c.Err(), journal.ErrUnavailable)
		} else {
			require.NoError(t, c.Err())
		}
	}
	requireHolds(t, j, d.streams[0])
	requireHolds(t, j, d.streams[2])
}

func TestDamage_while_the_journal_is_open_is_named(t *testing.T) {
	d := newDamaged(t)
	j := openForTest(t, d.dir)
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := d.streams[0]
	require.NoError(t, w.Append(s.Next(1)).Err())
	d.exec(t, "UPDATE session SET seq = 7 WHERE key = 1")

	err = w.Append(s.Next(1)).Err()
	require.ErrorIs(t, err, journal.ErrUnavailable)
	require.ErrorContains(t, err, fmt.Sprintf("session %s is not at event 21 in the database", s.ID))
	require.NotContains(t, err.Error(), "%!")
}

func TestVerify_names_one_flipped_byte_of_the_file(t *testing.T) {
	d := newDamaged(t)
	path := filepath.Join(d.dir, FileName)
	stored, err := os.ReadFile(path)
	require.NoError(t, err)
	marker := []byte(`{"n":11,`) // the event 11 of each session
	at := 0
	for i := range stored[:len(stored)-len(marker)] {
		if string(stored[i:i+len(marker)]) == string(marker) {
			at = i
		}
	}
	require.NotZero(t, at)
	stored[at+2] ^= 1
	require.NoError(t, os.WriteFile(path, stored, 0o600))
	_, _, err = d.verify(t)
	var damage *journal.DamageError
	require.ErrorAs(t, err, &damage)
	require.Equal(t, journal.Seq(11), damage.Seq)
}

func TestVerify_reports_every_damaged_session_once(t *testing.T) {
	d := newDamaged(t)
	for _, lsn := range []int{1, 4, 6, 9} { // two of the first, two of the third
		d.exec(t, "UPDATE append SET data = x'00' WHERE lsn = ?", lsn)
	}
	found, last, err := d.verify(t)
	require.Len(t, found, 2)
	requireDamage(t, found[0], d.streams[0].ID, 1, "row 1")
	requireDamage(t, found[1], d.streams[2].ID, 3, "row 6")
	require.ErrorContains(t, err, "2 damages")
	require.Equal(t, Progress{Sessions: 3, Total: 3, Events: 22}, last)
}

func TestVerify_finds_appends_of_a_lost_session(t *testing.T) {
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

func TestVerify_leaves_a_sound_journal_as_it_is(t *testing.T) {
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
	j := openForTest(t, d.dir)
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	written := make(chan error)
	go func() { // ended by cancel, and waited for below
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

func TestVerify_says_what_is_missing(t *testing.T) {
	err := Verify(t.Context(), t.TempDir(), func(Progress) {})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, FileName, fmt.Sprint(err))
}

func TestVerify_says_what_is_no_journal(t *testing.T) {
	cases := []struct {
		name, want string
		make       func(t *testing.T, path string)
	}{
		{"an empty file", "is not a Parley journal", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, nil, 0o600))
		}},
		{"a database of another program", "is not a Parley journal", func(t *testing.T, path string) {
			db, err := sql.Open(driverName, path)
			require.NoError(t, err)
			_, err = db.Exec("CREATE TABLE session (id TEXT)")
			require.NoError(t, err)
			require.NoError(t, db.Close())
		}},
		{"a file of another kind", "file is not a database", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("hello", 1000)), 0o600))
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			tc.make(t, filepath.Join(dir, FileName))
			err := Verify(t.Context(), dir, func(Progress) {})
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, 1, strings.Count(err.Error(), tc.want), "said once: %v", err)
		})
	}
}
