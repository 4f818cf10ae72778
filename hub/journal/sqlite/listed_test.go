package sqlite

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/protocol"
)

// asVersion1 makes the journal in a directory what the first version wrote.
func asVersion1(t *testing.T, dir string) {
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec(`DROP TABLE listed; ALTER TABLE session DROP COLUMN listed;
		ALTER TABLE session DROP COLUMN sum; DROP TABLE person; PRAGMA user_version = 1`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// asVersion2 makes the journal in a directory what the version before wrote, which
// had the list of messages and not that of participants.
func asVersion2(t *testing.T, dir string) {
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec(`DROP TABLE person; PRAGMA user_version = 2`)
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
	var messages []hub.Seq
	write := func(appends int) {
		var last *hub.Commit
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

func TestJournal_of_an_earlier_version_lists_its_participants_too(t *testing.T) {
	for name, asBefore := range map[string]func(*testing.T, string){"version 1": asVersion1, "version 2": asVersion2} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j, err := open(dir, options{synchronous: "OFF"})
			require.NoError(t, err)
			w, err := j.Own(t.Context(), 1)
			require.NoError(t, err)
			s := hubtest.NewSession(1)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "ann", "ben")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventParticipantLeft, "ann")).Err())
			require.NoError(t, j.Close())
			asBefore(t, dir)
			require.NoError(t, Verify(t.Context(), dir, func(Progress) {}), "as it is")

			j, err = open(dir, options{synchronous: "OFF"})
			require.NoError(t, err)
			w, err = j.Own(t.Context(), 1)
			require.NoError(t, err)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "cem")).Err())
			got, err := j.People(t.Context(), s.ID, 0, false, 10)
			require.NoError(t, err)
			require.Equal(t, []hub.Person{{ID: "ann", Joined: 1, Newest: 3}, {ID: "ben", Joined: 2, Newest: 2}, {ID: "cem", Joined: 4, Newest: 4}}, got)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantUpdated, "ben")).Err())
			ben, err := j.Person(t.Context(), s.ID, "ben")
			require.NoError(t, err)
			require.Equal(t, hub.Person{ID: "ben", Joined: 2, Newest: 5}, ben, "and goes on")
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
	var numbers []hub.Seq
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
		"a participant who is not listed":   "DELETE FROM person WHERE session = 2",
		"a participant by another name":     "UPDATE person SET id = 'ben' WHERE session = 2",
		"a participant's first event":       "UPDATE person SET joined = 3 WHERE session = 2",
		"a participant's newest event":      "UPDATE person SET newest = joined WHERE session = 2",
		"a participant's other event":       "UPDATE person SET newest = 3 WHERE session = 2",
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
			require.NoError(t, j.Close())
			require.NoError(t, Verify(t.Context(), d.dir, func(Progress) {}))
			d.exec(t, change)
			found, _, err := d.verify(t)
			require.Len(t, found, 1)
			var damage *hub.DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, s.ID, damage.Session)
		})
	}
}
