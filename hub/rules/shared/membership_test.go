package shared_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/people"
	"parley/protocol"
)

func TestState_SetRole(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	set := func(id string) rules.Decision {
		return s.Send(s.Owner(), &protocol.SetRole{ParticipantID: id, Role: protocol.RoleViewer})
	}
	require.NoError(t, set(ben.ID).Err)
	t.Run("to viewer applies to a later join of the user", func(t *testing.T) {
		require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
		require.Equal(t, protocol.RoleViewer, s.Join("ben", protocol.RoleCollaborator).Role)
	})
	t.Run("to collaborator does not apply to a later join", func(t *testing.T) {
		again, _ := s.State.People.PresentBy("ben")
		require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: again.ID, Role: protocol.RoleCollaborator}).Err)
		require.NoError(t, s.Send(again, &protocol.Leave{}).Err)
		require.Equal(t, protocol.RoleViewer, s.Join("ben", protocol.RoleViewer).Role)
	})
	t.Run("is refused for the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(set(s.Owner().ID).Err))
	})
	t.Run("requires a participant", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(set("nobody").Err))
	})
}

func TestState_Remove(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	s.SetMode(protocol.ModePromptDirect)
	queued := s.Prompt(ben)
	s.DeliverAll()
	s.SetMode(protocol.ModePromptWithApproval)
	pending := s.Prompt(ben)
	reason := "spam"
	d := s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID, Reason: &reason})
	require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptRejected, protocol.EventInviteRotated, protocol.EventParticipantLeft}, rulestest.EventTypes(d))
	require.Contains(t, d.Effects, rules.Effect(shared.DisconnectPerson{Participant: ben.ID, Person: "ben", Code: protocol.CloseRemoved, Reason: "the host has removed you: spam"}))
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
	require.Equal(t, protocol.ApprovalRejected, s.Approval(pending).Status)
	t.Run("bars the user", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben"}).Err))
		resume := &protocol.Resume{ParticipantID: ben.ID, ParticipantToken: s.Sender(ben).Token}
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}}).Err))
	})
	t.Run("answers every command of the user with the reason", func(t *testing.T) {
		err := s.Send(ben, &protocol.Chat{Text: "why?"}).Err
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(err))
		require.Contains(t, err.Error(), reason)
	})
	t.Run("is refused for the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Remove{ParticipantID: s.Owner().ID}).Err))
	})
}

func TestState_Remove_keeps_the_prompts_of_others(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	s.RunPrompt()
	queued, pending := s.Prompt(s.Owner()), s.Prompt(cem)
	require.Equal(t, []protocol.EventType{protocol.EventInviteRotated, protocol.EventParticipantLeft}, rulestest.EventTypes(s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID})))
	s.DeliverAll()
	require.Equal(t, shared.PhaseQueued, s.State.OpenPrompt(queued).Phase)
	require.Equal(t, shared.PhasePending, s.State.OpenPrompt(pending).Phase)
}

func TestState_Remove_cancels_a_prompt_only_once(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	queued := s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), approve(queued)).Err)
	require.NoError(t, s.Send(ben, &protocol.Cancel{ApprovalID: queued}).Err)
	d := s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID, KeepInvite: true})
	require.Equal(t, []protocol.EventType{protocol.EventParticipantLeft}, rulestest.EventTypes(d))
}

func TestState_Remove_replaces_the_invite(t *testing.T) {
	remove := func(s *rulestest.Fixture, c protocol.Remove) *protocol.RemoveAnswer {
		ben := s.Join("ben", "")
		c.ParticipantID = ben.ID
		d := s.Send(s.Owner(), &c)
		require.NoError(t, d.Err)
		return s.State.Answerer()(&c, d.Events[len(d.Events)-1]).(*protocol.RemoveAnswer)
	}
	t.Run("so that the user cannot join under another user id", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		old := s.InviteToken()
		answer := remove(s, protocol.Remove{})
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "benjamin", InviteToken: old}).Err))
		require.Equal(t, s.InviteToken(), *answer.InviteToken, "the answer holds the new invite")
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "cem", InviteToken: *answer.InviteToken}).Err)
	})
	t.Run("unless the command keeps it", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		old := s.InviteToken()
		require.Nil(t, remove(s, protocol.Remove{KeepInvite: true}).InviteToken)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "cem", InviteToken: old}).Err)
	})
	t.Run("and a repetition returns the same invite", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		ben := s.Join("ben", "")
		remove := func() rules.Decision {
			return s.SendWithID(s.Owner(), "the same", &protocol.Remove{ParticipantID: ben.ID})
		}
		d := remove()
		first := s.State.Answerer()(&protocol.Remove{}, d.Events[len(d.Events)-1])
		require.NoError(t, s.Send(s.Owner(), &protocol.RotateInvite{}).Err)
		again := remove()
		e, err := shared.DecodeEvent(s.Session.Journal[again.Replay-1])
		require.NoError(t, err)
		require.Equal(t, first, s.State.Answerer()(&protocol.Remove{}, e))
	})
}

// No command lifts a bar today. The role would apply if one did.
func TestState_Remove_keeps_the_role_of_a_viewer(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	vic, ben := s.Join("vic", protocol.RoleViewer), s.Join("ben", "")
	for _, p := range []protocol.Participant{vic, ben} {
		require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: p.ID}).Err)
	}
	clear(s.State.Barred)
	require.Equal(t, protocol.RoleViewer, s.Join("vic", protocol.RoleCollaborator).Role)
	require.Equal(t, protocol.RoleCollaborator, s.Join("ben", protocol.RoleCollaborator).Role)
}

func TestState_Remove_of_a_user_who_left_and_joined_again(t *testing.T) {
	for name, named := range map[string]func(before, now protocol.Participant) string{
		"by the earlier participant id": func(before, _ protocol.Participant) string { return before.ID },
		"by the current participant id": func(_, now protocol.Participant) string { return now.ID },
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			before := s.Join("ben", "")
			s.RunPrompt()
			pending, queued := s.Prompt(before), s.Prompt(before)
			require.NoError(t, s.Send(s.Owner(), approve(queued)).Err)
			s.DeliverAll()
			require.NoError(t, s.Send(before, &protocol.Leave{}).Err)
			now := s.Join("ben", "")
			require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: named(before, now)}).Err)
			s.DeliverAll()
			require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.Send(now, &protocol.Chat{Text: "hello"}).Err))
			require.Equal(t, protocol.ApprovalRejected, s.Approval(pending).Status)
			require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
		})
	}
}

func TestState_SetRole_of_an_earlier_participation_applies_to_the_current_one(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	before := s.Join("ben", "")
	require.NoError(t, s.Send(before, &protocol.Leave{}).Err)
	now := s.Join("ben", "")
	require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleViewer}).Err)
	require.Equal(t, protocol.CodePromptNotAllowed, rulestest.ErrorCode(s.Send(now, &protocol.Prompt{Prompt: "Go on"}).Err))
	require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleCollaborator}).Err)
	require.NoError(t, s.Send(now, &protocol.Prompt{Prompt: "Go on"}).Err)
}

func TestState_Leave_and_SetMode_change_no_prompt(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	pending := s.Prompt(ben)
	s.SetMode(protocol.ModeViewOnly)
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: pending, Action: protocol.ActionApprove}).Err)
}

func TestState_keeps_a_bounded_number_of_restrictions(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann, ben := q.join("ann"), q.join("ben")
	gone := q.join("gone")
	require.NoError(t, q.leave(gone).Err)
	for i := range people.MaxRestricted/2 - 1 {
		q.State.Barred[fmt.Sprint("barred-", i)] = people.Bar{}
		q.State.LoweredRoles[fmt.Sprint("lowered-", i)] = protocol.RoleViewer
		q.State.LoweredRoles[fmt.Sprint("barred-", i)] = protocol.RoleViewer
	}
	byHost := func(c protocol.Command) error {
		return q.do(shared.Command{Sender: q.Sender(q.Owner()), Request: protocol.Request{Command: c}}).Err
	}
	tryJoin := func(user string) error {
		return q.do(shared.Command{Request: protocol.Request{Command: &protocol.Join{UserID: user, InviteToken: q.InviteToken()}}}).Err
	}
	t.Run("a user without a place cannot join", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, rulestest.ErrorCode(tryJoin("new")))
	})
	t.Run("a restricted user has a place", func(t *testing.T) {
		require.NoError(t, tryJoin("lowered-1"))
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(tryJoin("barred-1")))
	})
	t.Run("a guest who has left cannot be restricted", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooLarge, rulestest.ErrorCode(byHost(&protocol.Remove{ParticipantID: gone.ID})))
		require.Equal(t, protocol.CodeTooLarge, rulestest.ErrorCode(byHost(&protocol.SetRole{ParticipantID: gone.ID, Role: protocol.RoleViewer})))
	})
	t.Run("every present guest can be restricted", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: ben.ID, Role: protocol.RoleViewer}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ben.ID}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ann.ID}))
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(tryJoin("ann")))
		restricted := map[string]bool{}
		for user := range q.State.Barred {
			restricted[user] = true
		}
		for user := range q.State.LoweredRoles {
			restricted[user] = true
		}
		require.Len(t, restricted, people.MaxRestricted)
	})
	t.Run("the host can return", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.Leave{}))
		c := &protocol.Resume{ParticipantID: q.Owner().ID, ParticipantToken: q.Sender(q.Owner()).Token}
		require.NoError(t, q.do(shared.Command{Request: protocol.Request{Command: c}}).Err)
	})
	t.Run("a higher role makes a place free", func(t *testing.T) {
		p, _ := q.State.People.PresentBy("lowered-1")
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: p.ID, Role: protocol.RoleCollaborator}))
		require.NoError(t, q.leave(p).Err)
		require.NoError(t, tryJoin("new"))
	})
}
