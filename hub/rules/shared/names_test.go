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

// joinNamed makes a user a participant, and returns it with the name that it received.
func joinNamed(s *rulestest.Fixture, user, display string) protocol.Participant {
	s.T.Helper()
	c := &protocol.Join{UserID: user, DisplayName: &display}
	if display == "" {
		c.DisplayName = nil
	}
	d := s.TryJoin(c)
	require.NoError(s.T, d.Err)
	return d.Events[0].Public.(*protocol.ParticipantJoined).Participant
}

func TestState_Join_renames_a_participant_whose_name_is_reserved(t *testing.T) {
	for _, row := range []struct{ about, user, display, want string }{
		{"a free name is kept", "cem", "Cem", "Cem"},
		{"a reserved name is numbered", "b2", "Ben", "Ben (2)"},
		{"a name that looks the same is numbered", "b2", "Веn", "Веn (2)"},
		{"the host's name is reserved", "eve", "Ada", "Ada (2)"},
		{"the host's user id is reserved", "eve", "ada", "ada (2)"},
		{"the user id of another participant is reserved", "eve", "BEN", "BEN (2)"},
		{"a participant without a name has the user id", "cem", "", "cem"},
		{"a user id that looks like a reserved name is numbered", "BEN", "", "BEN (2)"},
		{"a name that looks like the agent's is marked", "eve", "Agent", "Agent (guest)"},
		{"so is a user id", "agent", "", "agent (guest)"},
	} {
		t.Run(row.about, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			joinNamed(s, "ben", "Ben")
			p := joinNamed(s, row.user, row.display)
			require.Equal(t, row.want, p.Name())
			require.Equal(t, row.user, p.UserID, "the user id does not change")
			kept, _ := s.State.People.Get(p.ID)
			require.Equal(t, p, kept, "the event holds the new name")
			if row.display == "" && row.want == row.user {
				require.Nil(t, p.DisplayName)
			}
		})
	}
}

func TestState_the_name_of_a_participant_who_has_left(t *testing.T) {
	t.Run("is free", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		ben := joinNamed(s, "ben", "Ben")
		require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
		require.Equal(t, "Ben", joinNamed(s, "b2", "Ben").Name())
	})
	t.Run("stays reserved for the host", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		require.Equal(t, "Ada (2)", joinNamed(s, "eve", "Ada").Name())
		resume := &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: s.Sender(s.Owner()).Token}
		require.NoError(t, s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}}).Err)
		require.Equal(t, "ada", s.Owner().Name(), "the host returns with the same name")
	})
	t.Run("stays reserved for a participant who has decided on a request", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		cem := joinNamed(s, "cem", "Cem")
		s.Session.Append(t, rules.Event{Public: &protocol.PermissionResolved{RequestID: "q", Participant: &cem}}, s.Now)
		require.NoError(t, s.Send(cem, &protocol.Leave{}).Err)
		require.Equal(t, "Cem (2)", joinNamed(s, "eve", "Cem").Name())
		require.Empty(t, s.State.Deciders)
	})
	t.Run("is reserved for a bounded number of participants", func(t *testing.T) {
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

// Events of earlier versions can hold equal names, which do not change.
func TestState_keeps_equal_names_of_old_events(t *testing.T) {
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
	require.Equal(t, "Ben (2)", joinNamed(s, "b3", "Ben").Name())
}

func TestState_the_names_of_present_participants_never_look_alike(t *testing.T) {
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
