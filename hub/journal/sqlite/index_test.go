package sqlite

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/protocol"
)

// downgrades turn a journal into one of an earlier version. Version 1 had no lists,
// version 2 only that of messages, and version 3 had one of participants besides.
var downgrades = map[string]string{
	"version 1": `DROP TABLE listed; ALTER TABLE session DROP COLUMN listed;
		ALTER TABLE session DROP COLUMN sum; DROP TABLE entry; PRAGMA user_version = 1`,
	"version 2": "DROP TABLE entry; PRAGMA user_version = 2",
	"version 3": `DROP TABLE entry; CREATE TABLE person (session INTEGER NOT NULL, id TEXT NOT NULL, joined INTEGER NOT NULL,
		newest INTEGER NOT NULL, PRIMARY KEY (session, id)) STRICT, WITHOUT ROWID;
		CREATE UNIQUE INDEX person_joined ON person (session, joined); INSERT INTO person VALUES (1, 'ann', 1, 3); PRAGMA user_version = 3`,
}

func TestJournal_indexes_a_session_of_an_earlier_version_in_steps(t *testing.T) {
	dir := t.TempDir()
	j, w := openWriter(t, dir, options{synchronous: "OFF"})
	s := journaltest.NewSession(1)
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
	write(2*indexRows + 100)
	require.NoError(t, j.Close())
	alter(t, dir, downgrades["version 1"])
	requireSound(t, dir)

	j, w = openWriter(t, dir, options{synchronous: "OFF"})
	for range 2 { // the first call of Listed indexes, the second follows an append that does
		write(100)
		got, err := j.Listed(t.Context(), s.ID, 1, 10_000)
		require.NoError(t, err)
		require.Equal(t, messages, got)
	}
	require.NoError(t, j.Close())
	requireSound(t, dir)
}

func TestJournal_indexes_participants_and_approvals_of_an_earlier_version(t *testing.T) {
	for name, downgrade := range downgrades {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j, w := openWriter(t, dir, options{synchronous: "OFF"})
			s := journaltest.NewSession(1)
			require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "ann", "ben")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventParticipantLeft, "ann")).Err())
			require.NoError(t, w.Append(s.About(protocol.EventPromptPendingApproval, "prompt")).Err())
			require.NoError(t, j.Close())
			alter(t, dir, downgrade)
			requireSound(t, dir)

			j, w = openWriter(t, dir, options{synchronous: "OFF"})
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
			require.Equal(t, journal.Entry{ID: "ben", First: 2, Whole: 7, Newest: 7}, ben, "appends are indexed as well")
			require.NoError(t, j.Close())
			requireSound(t, dir)
		})
	}
}

func TestJournal_Events_may_return_only_the_first_of_large_events(t *testing.T) {
	j, w := openWriter(t, t.TempDir(), options{})
	s := journaltest.NewSession(1)
	var numbers []journal.Seq
	for range 10 {
		require.NoError(t, w.Append(s.Of(bytes.Repeat([]byte("x"), chunkBytes/2))).Err())
		numbers = append(numbers, s.Head.Seq)
	}
	got, err := j.Events(t.Context(), s.ID, numbers)
	require.NoError(t, err)
	require.Len(t, got, 2)
}

func TestVerify_finds_changes_to_summaries_and_indexes(t *testing.T) {
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
		"a participant without an entry":    "DELETE FROM entry WHERE session = 2 AND id = 'ann'",
		"a participant by another id":       "UPDATE entry SET id = 'ben' WHERE session = 2 AND id = 'ann'",
		"a participant's first event":       "UPDATE entry SET first = 3 WHERE session = 2 AND id = 'ann'",
		"a participant's newest event":      "UPDATE entry SET newest = first, whole = first WHERE session = 2 AND id = 'ann'",
		"a participant's wrong event":       "UPDATE entry SET newest = 3 WHERE session = 2 AND id = 'ann'",
		"an approval without an entry":      "DELETE FROM entry WHERE session = 2 AND id = 'prompt'",
		"an approval's whole event":         "UPDATE entry SET whole = newest WHERE session = 2 AND id = 'prompt'",
		"an approval's newest event":        "UPDATE entry SET newest = whole WHERE session = 2 AND id = 'prompt'",
	} {
		t.Run(name, func(t *testing.T) {
			d := newIndexed(t)
			d.exec(t, change)
			found, _, err := d.verify(t)
			require.Len(t, found, 1)
			var damage *journal.DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, d.streams[1].ID, damage.Session)
		})
	}
}

// newIndexed is newDamaged with messages, a participant and an approval in the
// second session.
func newIndexed(t *testing.T) *damaged {
	d := newDamaged(t)
	s := d.streams[1]
	s.Type = string(protocol.EventMessageCreated)
	j, w := openWriter(t, d.dir, options{})
	require.NoError(t, w.Append(s.Next(2)).Err())
	require.NoError(t, w.Append(s.About(protocol.EventParticipantJoined, "ann", "ann")).Err())
	require.NoError(t, w.Append(s.About(protocol.EventPromptApproved, "prompt")).Err())
	require.NoError(t, w.Append(s.About(protocol.EventPromptDispatchFailed, "prompt")).Err())
	require.NoError(t, j.Close())
	requireSound(t, d.dir)
	return d
}
