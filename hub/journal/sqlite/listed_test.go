package sqlite

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// asVersion1 makes the journal in a directory what the first version wrote.
func asVersion1(t *testing.T, dir string) {
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec(`DROP TABLE listed; ALTER TABLE session DROP COLUMN listed;
		ALTER TABLE session DROP COLUMN sum; DROP TABLE entry; PRAGMA user_version = 1`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// asVersion2 makes the journal in a directory what the second version wrote, which
// had the list of messages and no other.
func asVersion2(t *testing.T, dir string) {
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec(`DROP TABLE entry; PRAGMA user_version = 2`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// asVersion3 makes the journal in a directory what the version before wrote, which
// had a list of participants and none of approvals.
func asVersion3(t *testing.T, dir string) {
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec(`DROP TABLE entry; CREATE TABLE person (session INTEGER NOT NULL, id TEXT NOT NULL, joined INTEGER NOT NULL,
		newest INTEGER NOT NULL, PRIMARY KEY (session, id)) STRICT, WITHOUT ROWID;
		CREATE UNIQUE INDEX person_joined ON person (session, joined); INSERT INTO person VALUES (1, 'ann', 1, 3); PRAGMA user_version = 3`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestJournal_of_an_earlier_version_is_listed_in_steps(t *testing.T) {
	dir := t.TempDir()
	j, err := open(dir, options{synchronous: "OFF"})
	require.NoError(t, err)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	var messages []journal.Seq
	write := func(appends int) {
		var last *journal.Commit
		for i := range appends {
			s.Type = "host_session_update"
			if i%10 == 0 {
				s.Type = string(protocol.EventMessageCreated)
				messages = append(messages, s.Head.Seq+1)
			}
			last = w.Append(s.Next(1))
		}
		require.NoError(t, last.Err())
	}
	write(2*listRows + 100)
	require.NoError(t, j.Close())
	asVersion1(t, dir)
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}), "as it is")

	j, err = open(dir, options{synchronous: "OFF"})
	require.NoError(t, err)
	w, err = j.Own(t.Context(), 1)
	require.NoError(t, err)
	write(100)
	got, err := j.Listed(t.Context(), s.ID, 1, 10_000)
	require.NoError(t, err)
	require.Equal(t, messages, got)
	write(100)
	got, err = j.Listed(t.Context(), s.ID, 1, 10_000)
	require.NoError(t, err)
	require.Equal(t, messages, got, "and goes on")
	require.NoError(t, j.Close())
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))
}

func TestJournal_of_an_earlier_version_lists_its_participants_and_approvals_too(t *testing.T) {
	for name, asBefore := range map[string]func(*testing.T, string){"version 1": asVersion1, "version 2": asVersion2, "version 3": asVersion3} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j, err := open(dir, options{synchronous: "OFF"})
			require.NoError(t, err)
			w, err := j.Own(t.Context(), 1)
			require.NoError(t, err)
			s := hubtest.NewSession(1)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "ann", "ben")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventParticipantLeft, "ann")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventPromptPendingApproval, "prompt")).Err())
			require.NoError(t, j.Close())
			asBefore(t, dir)
			require.NoError(t, Verify(t.Context(), dir, func(Progress) {}), "as it is")

			j, err = open(dir, options{synchronous: "OFF"})
			require.NoError(t, err)
			w, err = j.Own(t.Context(), 1)
			require.NoError(t, err)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "cem")).Err())
			got, err := j.Entries(t.Context(), s.ID, journal.SubjectParticipant, 0, false, 10)
			require.NoError(t, err)
			require.Equal(t, []journal.Entry{{ID: "ann", First: 1, Whole: 3, Newest: 3}, {ID: "ben", First: 2, Whole: 2, Newest: 2}, {ID: "cem", First: 5, Whole: 5, Newest: 5}}, got)
			require.NoError(t, w.Append(s.About(protocol.EventPromptDispatchFailed, "prompt")).Err())
			approvals, err := j.Entries(t.Context(), s.ID, journal.SubjectApproval, 10, true, 10)
			require.NoError(t, err)
			require.Equal(t, []journal.Entry{{ID: "prompt", First: 4, Whole: 4, Newest: 6}}, approvals)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantUpdated, "ben")).Err())
			ben, err := j.Entry(t.Context(), s.ID, journal.SubjectParticipant, "ben")
			require.NoError(t, err)
			require.Equal(t, journal.Entry{ID: "ben", First: 2, Whole: 7, Newest: 7}, ben, "and goes on")
			require.NoError(t, j.Close())
			require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))
		})
	}
}

func TestJournal_reads_of_many_large_events_only_the_first(t *testing.T) {
	j := openForTest(t, t.TempDir())
	defer j.Close()
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	var numbers []journal.Seq
	for range 10 {
		require.NoError(t, w.Append(s.Of(bytes.Repeat([]byte("x"), chunkBytes/2))).Err())
		numbers = append(numbers, s.Head.Seq)
	}
	got, err := j.Events(t.Context(), s.ID, numbers)
	require.NoError(t, err)
	require.Len(t, got, 2)
}

func TestVerify_finds_what_lists_are_made_of_changed(t *testing.T) {
	for name, change := range map[string]string{
		"a session's status":                "UPDATE session SET status = 'closed' WHERE key = 2",
		"a session's time":                  "UPDATE session SET created_at = created_at + 1 WHERE key = 2",
		"a session's due":                   "UPDATE session SET due = 7 WHERE key = 2",
		"a session's workspace":             "UPDATE session SET workspace = '/x' WHERE key = 2",
		"a session's kind":                  "UPDATE session SET kind = 'shared' WHERE key = 2",
		"a session's host":                  "UPDATE session SET host_session = id WHERE key = 2",
		"a session's resource":              "UPDATE session SET resource = CAST('{\"id\":2}' AS BLOB) WHERE key = 2",
		"a message that is not listed":      "DELETE FROM listed WHERE session = 2 AND seq = 21",
		"a listed event that is no message": "INSERT INTO listed (session, seq) VALUES (2, 3)",
		"a participant who is not listed":   "DELETE FROM entry WHERE session = 2 AND id = 'ann'",
		"a participant by another name":     "UPDATE entry SET id = 'ben' WHERE session = 2 AND id = 'ann'",
		"a participant's first event":       "UPDATE entry SET first = 3 WHERE session = 2 AND id = 'ann'",
		"a participant's newest event":      "UPDATE entry SET newest = first, whole = first WHERE session = 2 AND id = 'ann'",
		"a participant's other event":       "UPDATE entry SET newest = 3 WHERE session = 2 AND id = 'ann'",
		"an approval that is not listed":    "DELETE FROM entry WHERE session = 2 AND id = 'prompt'",
		"an approval's whole event":         "UPDATE entry SET whole = newest WHERE session = 2 AND id = 'prompt'",
		"an approval's newest event":        "UPDATE entry SET newest = whole WHERE session = 2 AND id = 'prompt'",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDamaged(t)
			s := d.streams[1]
			s.Type = string(protocol.EventMessageCreated)
			j := openForTest(t, d.dir)
			w, err := j.Own(t.Context(), 1)
			require.NoError(t, err)
			require.NoError(t, w.Append(s.Next(2)).Err())
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "ann", "ann")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventPromptApproved, "prompt")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventPromptDispatchFailed, "prompt")).Err())
			require.NoError(t, j.Close())
			require.NoError(t, Verify(t.Context(), d.dir, func(Progress) {}))
			d.exec(t, change)
			found, _, err := d.verify(t)
			require.Len(t, found, 1)
			var damage *journal.DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, s.ID, damage.Session)
		})
	}
}
