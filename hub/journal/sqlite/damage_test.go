package sqlite

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// damaged is a closed journal of three sessions of ten rows, two events each.
type damaged struct {
	dir     string
	streams []*journaltest.Stream
}

func newDamaged(t *testing.T) *damaged {
	d := &damaged{dir: t.TempDir()}
	j := openForTest(t, d.dir)
	defer j.Close()
	for range 3 {
		d.streams = append(d.streams, journaltest.NewSession(1))
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

// exec damages one row of the database.
func (d *damaged) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	require.EqualValues(t, 1, alter(t, d.dir, statement, args...), "rows damaged")
}

// verify returns the damages and the last progress that Verify reports, and its error.
func (d *damaged) verify(t *testing.T) (found []error, last Progress, err error) {
	err = Verify(t.Context(), d.dir, func(p Progress) {
		if p.Damage != nil {
			found = append(found, p.Damage)
		}
		last = p
	}, nil)
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
func TestDamage_is_reported_with_its_place(t *testing.T) {
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
		{"a row deleted in the middle", "DELETE FROM append WHERE lsn = 14", nil, 9, "row 17"},
		{"a row deleted at the end", "DELETE FROM append WHERE lsn = 29", nil, 19, "session row 2"},
		{"a row deleted at the beginning", "DELETE FROM append WHERE lsn = 2", nil, 1, "row 5"},
		{"a head before the last event", "UPDATE session SET seq = 18 WHERE key = 2", nil, 19, "session row 2"},
		{"a head behind the last event", "UPDATE session SET seq = 22 WHERE key = 2", nil, 21, "session row 2"},
		{"the hash of a head", "UPDATE session SET hash = zeroblob(32) WHERE key = 2", nil, 21, "session row 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDamaged(t)
			d.exec(t, test.statement, test.args...)
			id := d.streams[1].ID
			found, last, err := d.verify(t)
			require.Len(t, found, 1)
			requireDamage(t, found[0], id, test.seq, test.place)
			requireDamage(t, err, id, test.seq, test.place)
			require.Equal(t, 3, last.Sessions, "the other sessions are checked too")
			requireReadDamage(t, d, test.seq, test.place)
		})
	}
}

// Readers stop at the head, so only Verify notices that it was set back to an
// earlier one.
// requireReadDamage reads the second session, which is damaged, from its start and
// from the damage on, and the first session, which is sound.
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
		require.LessOrEqual(t, next, seq, "reading stops at the damage")
		var damage *journal.DamageError
		require.ErrorAs(t, err, &damage, "from %d", from)
		require.Equal(t, id, damage.Session)
	}
	for _, err := range j.Read(t.Context(), d.streams[0].ID, 1) {
		require.NoError(t, err)
	}
}

func TestDamage_to_a_snapshot_is_reported(t *testing.T) {
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

func TestDamage_to_one_session_does_not_stop_others_in_its_batch(t *testing.T) {
	d := newDamaged(t)
	d.exec(t, "UPDATE session SET hash = x'00' WHERE key = 2")
	j, w := openWriter(t, d.dir, options{})
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

func TestDamage_while_the_journal_is_open_is_reported(t *testing.T) {
	d := newDamaged(t)
	_, w := openWriter(t, d.dir, options{})
	s := d.streams[0]
	require.NoError(t, w.Append(s.Next(1)).Err())
	d.exec(t, "UPDATE session SET seq = 7 WHERE key = 1")

	err := w.Append(s.Next(1)).Err()
	require.ErrorIs(t, err, journal.ErrUnavailable)
	require.ErrorContains(t, err, fmt.Sprintf("session %s is not at event 21 in the database", s.ID))
}
