package journaltest

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/protocol"
)

var indexTests = []suiteTest{
	{"Listed returns the numbers of messages", indexMessages},
	{"Events returns events by their numbers, in the given order", eventsByNumber},
	{"a refused append is not indexed", indexRefused},
	{"Entries returns participants in the order of joining, forward and backward", indexParticipants},
	{"Entries returns approvals in the order of proposing, forward and backward", indexApprovals},
}

// appendMessages writes appends of one to three events; every third append consists
// of messages. It returns the numbers of the messages.
func (s *suite) appendMessages(appends int) (stream *Stream, messages []journal.Seq) {
	stream = NewSession(4)
	w := s.own(stream)
	for i := range appends {
		stream.Type = "host_session_update"
		if i%3 == 0 {
			stream.Type = string(protocol.EventMessageCreated)
		}
		a := stream.Next(1 + i%3)
		requireCommitted(s, w.Append(a))
		for _, r := range a.Records {
			if journal.IsListed(r.Type) {
				messages = append(messages, r.Seq)
			}
		}
	}
	return stream, messages
}

func indexMessages(s *suite) {
	stream, messages := s.appendMessages(30)
	for _, from := range []journal.Seq{0, 1, messages[3], messages[3] + 1, stream.Head.Seq, stream.Head.Seq + 1} {
		for _, limit := range []int{1, 4, 1000} {
			want := slices.DeleteFunc(slices.Clone(messages), func(n journal.Seq) bool { return n < from })
			got, err := s.Listed(s.Context(), stream.ID, from, limit)
			require.NoError(s, err)
			require.Equal(s, append([]journal.Seq{}, want[:min(limit, len(want))]...), append([]journal.Seq{}, got...), "from %d, at most %d", from, limit)
		}
	}
	none, err := s.Listed(s.Context(), NewSession(4).ID, 1, 10)
	require.NoError(s, err)
	require.Empty(s, none)
}

func eventsByNumber(s *suite) {
	stream, _ := s.appendMessages(30)
	all := stream.Records
	for _, numbers := range [][]journal.Seq{{1}, {stream.Head.Seq}, {7, 3, 4, 3}, {2, 1, stream.Head.Seq}} {
		var want []journal.Record
		for _, n := range numbers {
			want = append(want, all[n-1])
		}
		got, err := s.Events(s.Context(), stream.ID, numbers)
		require.NoError(s, err)
		requireRecords(s, want, got)
	}
	for _, numbers := range [][]journal.Seq{{0}, {stream.Head.Seq + 1}, {1, stream.Head.Seq + 1}} {
		_, err := s.Events(s.Context(), stream.ID, numbers)
		require.ErrorIs(s, err, journal.ErrNotFound, "%v", numbers)
	}
	_, err := s.Events(s.Context(), NewSession(4).ID, []journal.Seq{1})
	require.ErrorIs(s, err, journal.ErrNotFound)
}

func indexRefused(s *suite) {
	stream, messages := s.appendMessages(3)
	w := s.own(stream)
	refused := stream.Fork()
	refused.Type = string(protocol.EventMessageCreated)
	refused.Next(1)
	require.ErrorIs(s, outcome(s, w.Append(refused.Next(2))), journal.ErrConflict)
	got, err := s.Listed(s.Context(), stream.ID, 1, 100)
	require.NoError(s, err)
	require.Equal(s, messages, got)
}

func indexParticipants(s *suite) {
	s.checkEntries(journal.SubjectParticipant, protocol.EventParticipantJoined,
		[]protocol.EventType{protocol.EventParticipantUpdated, protocol.EventParticipantLeft, protocol.EventParticipantJoined})
}

func indexApprovals(s *suite) {
	s.checkEntries(journal.SubjectApproval, protocol.EventPromptPendingApproval,
		[]protocol.EventType{protocol.EventPromptApproved, protocol.EventPromptRejected, protocol.EventPromptDispatchFailed})
}

// checkEntries writes events of the type begin, which each create an entry of a
// subject, and events of the types then about some of them, and reads the entries.
func (s *suite) checkEntries(of journal.Subject, begin protocol.EventType, then []protocol.EventType) {
	stream := NewSession(4)
	w := s.own(stream)
	var want []journal.Entry
	for i := range 10 {
		id := fmt.Sprint("entry-", i)
		requireCommitted(s, w.Append(stream.Next(1)))
		requireCommitted(s, w.Append(stream.About(begin, id)))
		want = append(want, journal.Entry{ID: id, First: stream.Head.Seq, Whole: stream.Head.Seq, Newest: stream.Head.Seq})
	}
	for i, then := range then {
		requireCommitted(s, w.Append(stream.About(then, want[i].ID, want[i].ID)))
		want[i].Add(stream.Head.Seq, then != protocol.EventPromptDispatchFailed)
	}
	refused := stream.Fork()
	refused.Next(1)
	require.ErrorIs(s, outcome(s, w.Append(refused.About(begin, "refused"))), journal.ErrConflict)
	for _, from := range []journal.Seq{0, 1, want[3].First, want[3].First + 1, want[9].First, stream.Head.Seq} {
		for _, limit := range []int{1, 4, 1000} {
			forward := slices.DeleteFunc(slices.Clone(want), func(e journal.Entry) bool { return e.First < from })
			s.requireEntries(stream, of, from, false, limit, forward)
			backward := slices.DeleteFunc(slices.Clone(want), func(e journal.Entry) bool { return e.First > from })
			slices.Reverse(backward)
			s.requireEntries(stream, of, from, true, limit, backward)
		}
	}
	for _, e := range want {
		got, err := s.Entry(s.Context(), stream.ID, of, e.ID)
		require.NoError(s, err)
		require.Equal(s, e, got)
	}
	s.requireNoEntries(stream, of)
}

// requireNoEntries looks up an id, a subject and a session that are not in the index.
func (s *suite) requireNoEntries(stream *Stream, of journal.Subject) {
	s.Helper()
	other := map[journal.Subject]journal.Subject{journal.SubjectParticipant: journal.SubjectApproval, journal.SubjectApproval: journal.SubjectParticipant}[of]
	for _, none := range []struct {
		session journal.SessionID
		of      journal.Subject
		id      string
	}{{stream.ID, of, "refused"}, {stream.ID, other, "entry-1"}, {NewSession(4).ID, of, "entry-1"}} {
		_, err := s.Entry(s.Context(), none.session, none.of, none.id)
		require.ErrorIs(s, err, journal.ErrNotFound)
	}
	s.requireEntries(stream, other, 1, false, 10, nil)
	s.requireEntries(NewSession(4), of, 1, false, 10, nil)
}

func (s *suite) requireEntries(stream *Stream, of journal.Subject, from journal.Seq, backward bool, limit int, want []journal.Entry) {
	s.Helper()
	got, err := s.Entries(s.Context(), stream.ID, of, from, backward, limit)
	require.NoError(s, err)
	require.Equal(s, append([]journal.Entry{}, want[:min(limit, len(want))]...), append([]journal.Entry{}, got...), "from %d, backward %t, at most %d", from, backward, limit)
}
