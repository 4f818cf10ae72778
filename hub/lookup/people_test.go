package lookup_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestPeople_who_are_present(t *testing.T) {
	s := newSession(t)
	present, departed := s.guests(12)
	all := append([]string{s.Owner().ID}, present...)
	r := s.reader()
	for _, limit := range []int{1, 2, len(all), 100} {
		var got []string
		for page := (&protocol.PeopleAnswer{More: true}); page.More; {
			var err error
			after := ""
			if len(got) > 0 {
				after = got[len(got)-1]
			}
			page, err = s.people(r, protocol.People{After: after, Limit: limit})
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Participants), limit)
			got = append(got, ids(page.Participants)...)
		}
		require.Equal(t, all, got, "pages of %d", limit)
	}
	t.Run("follow a participant who has left", func(t *testing.T) {
		s.Now = s.Now.Add(1) // ben joined later than the guests
		ben := s.Join("ben", "")
		page, err := s.people(s.reader(), protocol.People{After: departed[0], Limit: 100})
		require.NoError(t, err)
		require.Contains(t, ids(page.Participants), ben.ID)
		require.NotContains(t, ids(page.Participants), s.Owner().ID)
	})
	t.Run("cannot follow an unknown participant", func(t *testing.T) {
		_, err := s.people(r, protocol.People{After: "unknown", Limit: 1})
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(err))
	})
}

func TestPeople_who_have_left(t *testing.T) {
	s := newSession(t)
	_, departed := s.guests(3*history.PageItems/2 + 3)
	require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: departed[0], KeepInvite: true}).Err)
	newestFirst := slices.Clone(departed)
	slices.Reverse(newestFirst)
	r := s.reader()
	for _, limit := range []int{7, len(departed), 1000} {
		var got, removed []string
		for page := (&protocol.PeopleAnswer{More: true}); page.More; {
			var err error
			before := ""
			if len(got) > 0 {
				before = got[len(got)-1]
			}
			page, err = s.people(r, protocol.People{Left: true, Before: before, Limit: limit})
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Participants), limit)
			got, removed = append(got, ids(page.Participants)...), append(removed, page.Removed...)
		}
		require.Equal(t, newestFirst, got, "pages of %d", limit)
		require.Equal(t, departed[:1], removed)
	}
	t.Run("cannot precede an unknown participant", func(t *testing.T) {
		_, err := s.people(r, protocol.People{Left: true, Before: "unknown", Limit: 1})
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(err))
	})
	t.Run("are none in a new session", func(t *testing.T) {
		s := newSession(t)
		page, err := s.people(s.reader(), protocol.People{Left: true, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, page.Participants)
		require.False(t, page.More)
	})
}
