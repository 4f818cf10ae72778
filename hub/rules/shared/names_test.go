package shared_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/naming"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// calls joins somebody and returns who they are, with the name that was given.
func calls(s *rulestest.Fixture, user, display string) protocol.Participant {
	s.T.Helper()
	c := &protocol.Join{UserID: user, DisplayName: &display}
	if display == "" {
		c.DisplayName = nil
	}
	d := s.TryJoin(c)
	require.NoError(s.T, d.Err)
	return d.Events[0].Public.(*protocol.ParticipantJoined).Participant
}

func TestShared_Join_gives_nobody_a_name_of_somebody_else(t *testing.T) {
	for _, row := range []struct{ about, user, display, called string }{
		{"a name of one's own stays", "cem", "Cem", "Cem"},
		{"a second Ben is the second one", "b2", "Ben", "Ben (2)"},
		{"so is one in Cyrillic", "b2", "Веn", "Веn (2)"},
		{"the host's name is the host's", "eve", "Ada", "Ada (2)"},
		{"and so is the host's user id", "eve", "ada", "ada (2)"},
		{"a user id of somebody else is no name", "eve", "BEN", "BEN (2)"},
		{"one without a name is called by the user id", "cem", "", "cem"},
		{"which may look like a name of somebody else", "BEN", "", "BEN (2)"},
		{"what reads like the agent is marked", "eve", "Agent", "Agent (guest)"},
		{"also a user id", "agent", "", "agent (guest)"},
	} {
		t.Run(row.about, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			calls(s, "ben", "Ben")
			p := calls(s, row.user, row.display)
			require.Equal(t, row.called, p.Name())
			require.Equal(t, row.user, p.UserID, "user ids stay")
			kept, _ := s.State.People.Get(p.ID)
			require.Equal(t, p, kept, "the event has the name that counts")
			if row.display == "" && row.called == row.user {
				require.Nil(t, p.DisplayName)
			}
		})
	}
}

func TestShared_names_of_those_who_left(t *testing.T) {
	t.Run("are free again", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		ben := calls(s, "ben", "Ben")
		require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
		require.Equal(t, "Ben", calls(s, "b2", "Ben").Name())
	})
	t.Run("are not, where it is the host", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		require.Equal(t, "Ada (2)", calls(s, "eve", "Ada").Name())
		resume := &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: s.Sender(s.Owner()).Token}
		require.NoError(t, s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}}).Err)
		require.Equal(t, "ada", s.Owner().Name(), "the host comes back under the name")
	})
	t.Run("are not, where they decided on something", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		cem := calls(s, "cem", "Cem")
		s.Session.Append(t, rules.Event{Public: &protocol.PermissionResolved{RequestID: "q", Participant: &cem}}, s.Now)
		require.NoError(t, s.Send(cem, &protocol.Leave{}).Err)
		require.Equal(t, "Cem (2)", calls(s, "eve", "Cem").Name())
		require.Empty(t, s.State.Deciders)
	})
	t.Run("are kept of as many as there is room for", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		for i := range shared.KeptNames + 10 {
			p := protocol.Participant{ID: fmt.Sprint(i), UserID: fmt.Sprintf("user%d", i), Role: protocol.RoleCollaborator, DisplayName: new(strings.Repeat("z", i+1))}
			s.State.People.Put(p)
			s.State.HasDecided(p.ID)
			p.LeftAt = &s.Now
			s.State.ApplyLeft(&protocol.ParticipantLeft{Participant: p})
		}
		require.Len(t, s.State.ReservedNames, shared.KeptNames)
	})
}

// Events of before names were given can have equal ones. They stay as they are.
func TestShared_equal_names_of_old_events_stay(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	name := "Ben"
	for i := range 2 {
		p := protocol.Participant{ID: fmt.Sprint(i), UserID: fmt.Sprint("user", i), DisplayName: &name, Role: protocol.RoleViewer}
		s.Session.Append(t, rules.Event{Public: &protocol.ParticipantJoined{Participant: p}}, s.Now)
	}
	for i := range 2 {
		p, _ := s.State.People.Get(fmt.Sprint(i))
		require.Equal(t, "Ben", p.Name())
	}
	require.Equal(t, "Ben (2)", calls(s, "b3", "Ben").Name())
}

func TestShared_no_two_who_are_here_look_alike_whoever_comes_and_goes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		names := rapid.SampledFrom([]string{"", "Ada", "аda", "Ben", "BEN", "Веn", "Ben (2)", "Host", "\u3164", "cem"})
		users := rapid.SampledFrom([]string{"ada", "Ben", "ben", "cem", "Cem", "dot", "agent", "\u2800"})
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			if rapid.IntRange(0, 2).Draw(rt, "leaves") == 0 {
				p := rapid.SampledFrom(s.State.People.All()).Draw(rt, "who")
				if p.Role != protocol.RoleHost {
					require.NoError(rt, s.Send(p, &protocol.Leave{}).Err)
				}
				continue
			}
			display := names.Draw(rt, "name")
			_ = s.TryJoin(&protocol.Join{UserID: users.Draw(rt, "user"), DisplayName: &display})
		}
		var seen []string
		for _, p := range s.State.People.All() {
			keys := naming.Keys(p.Name())
			require.NotEmpty(rt, keys)
			for _, key := range keys {
				require.False(rt, slices.Contains(seen, key), "%q twice", key)
			}
			seen = append(seen, keys...)
		}
	})
}
