package lookup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestParticipant(t *testing.T) {
	s := newSession(t)
	present, departed := s.guests(3)
	r := s.reader()
	t.Run("is in the form of the newest event", func(t *testing.T) {
		p, err := lookup.Participant(t.Context(), r, departed[0])
		require.NoError(t, err)
		require.Equal(t, departed[0], p.ID)
		require.NotNil(t, p.LeftAt)
		p, err = lookup.Participant(t.Context(), r, present[0])
		require.NoError(t, err)
		require.Nil(t, p.LeftAt)
	})
	t.Run("is nil for an unknown id", func(t *testing.T) {
		p, err := lookup.Participant(t.Context(), r, "unknown")
		require.NoError(t, err)
		require.Nil(t, p)
	})
	t.Run("returns an error for clients if the journal fails", func(t *testing.T) {
		closed := s.reader()
		require.NoError(t, closed.Journal.Close())
		_, err := lookup.Participant(t.Context(), closed, present[0])
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
	})
}

// pages returns the participants of a session, and how many each page has.
func pages(t *testing.T, s session, r history.Reader) (participants []protocol.Participant, sizes []int) {
	return readAll(t, 0, answer[lookup.Participants](s, shared.ReadParticipants).Pages(t.Context(), r))
}

func TestParticipants_Pages(t *testing.T) {
	t.Run("list the state's participants without the journal if none has left", func(t *testing.T) {
		s := newSession(t)
		s.Join("ben", "")
		participants, sizes := pages(t, s, history.Reader{})
		require.Equal(t, s.State.People.List(), participants)
		require.Equal(t, []int{2}, sizes)
	})
	t.Run("list every participant once in join order, the host first", func(t *testing.T) {
		s := newSession(t)
		const guests = 2*history.PageItems + 10
		present, departed := s.guests(guests)
		participants, sizes := pages(t, s, s.reader())
		require.Equal(t, s.Owner(), participants[0])
		for i, p := range participants[1:] {
			if i%3 == 0 {
				require.Equal(t, present[i/3], p.ID)
				require.Nil(t, p.LeftAt)
			} else {
				require.Equal(t, departed[i-i/3-1], p.ID)
				require.NotNil(t, p.LeftAt)
			}
		}
		require.Equal(t, []int{1, history.PageItems, history.PageItems, 10}, sizes, "no page is longer than its bound")
	})
	t.Run("list the host once, who has left and returned", func(t *testing.T) {
		s := newSession(t)
		s.guests(3)
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: s.Sender(s.Owner()).Token}).Err)
		participants, _ := pages(t, s, s.reader())
		require.Len(t, participants, 4)
		require.Equal(t, s.Owner(), participants[0])
	})
	t.Run("leave out participants who joined after the answer was made", func(t *testing.T) {
		s := newSession(t)
		s.guests(3)
		before := answer[lookup.Participants](s, shared.ReadParticipants)
		s.Join("late", "")
		participants, _ := readAll(t, 0, before.Pages(t.Context(), s.reader()))
		require.Len(t, participants, 4)
	})
	t.Run("are complete if the journal returns few events at a time", func(t *testing.T) {
		s := newSession(t)
		s.guests(12)
		r := s.reader()
		r.Journal = largeEvents{r.Journal}
		participants, _ := pages(t, s, r)
		require.Len(t, participants, 13)
	})
	t.Run("return the error of the journal", func(t *testing.T) {
		s := newSession(t)
		s.guests(3)
		r := s.reader()
		require.NoError(t, r.Journal.Close())
		_, next, err := answer[lookup.Participants](s, shared.ReadParticipants).Pages(t.Context(), r)(1)
		require.ErrorIs(t, err, journal.ErrClosed)
		require.Equal(t, journal.Seq(1), next, "the page can be read again")
	})
}
