package shared_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestShared_Join(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{MaxParticipants: 3})
	ben := s.Join("ben", "")
	t.Run("makes a collaborator of who names no role", func(t *testing.T) { require.Equal(t, protocol.RoleCollaborator, ben.Role) })
	t.Run("makes no hosts", func(t *testing.T) {
		eve := s.Join("eve", protocol.RoleHost)
		require.Equal(t, protocol.RoleCollaborator, eve.Role)
	})
	t.Run("needs room", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "fay"}).Err))
	})
	t.Run("finds the room of somebody who left", func(t *testing.T) {
		eve, _ := s.State.People.PresentByUser("eve")
		require.NoError(t, s.Send(eve, &protocol.Leave{}).Err)
		s.Join("fay", "")
	})
	t.Run("needs the invite", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).Err))
	})
	t.Run("needs the new invite after a rotation, which leaves who is inside", func(t *testing.T) {
		old := s.InviteToken()
		require.NoError(t, s.Send(s.Owner(), &protocol.RotateInvite{}).Err)
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "gus", InviteToken: old}).Err))
		require.NoError(t, s.Send(ben, &protocol.Chat{Text: "still here"}).Err)
	})
	t.Run("needs an active session", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).Err))
	})
}

// The original hands the access token of somebody present to anybody who joins
// under the same user id.
func TestShared_Join_as_somebody_present(t *testing.T) {
	for _, row := range []struct {
		came, comes shared.JoinAPI
		handed      bool
	}{
		{shared.JoinTyped, shared.JoinTyped, false},
		{shared.JoinTyped, shared.JoinOriginal, false},
		{shared.JoinTyped, shared.JoinOriginalReturning, false}, // that client keeps its token
		{shared.JoinOriginal, shared.JoinTyped, false},
		{shared.JoinOriginal, shared.JoinOriginal, false},
		{shared.JoinOriginal, shared.JoinOriginalReturning, true},
		{shared.JoinOriginalReturning, shared.JoinOriginalReturning, true},
	} {
		s := rulestest.NewFixture(t, rules.Settings{})
		join := func(way shared.JoinAPI, user, token string) rules.Decision {
			c := &protocol.Join{InviteToken: s.InviteToken(), UserID: user, ParticipantToken: token}
			return s.Do(s.Session, shared.Command{Request: protocol.Request{Command: c}, JoinAPI: way})
		}
		require.NoError(t, join(row.came, "ben", "").Err)
		s.Session.Reload(t, s.Now)
		s.State = s.Session.SharedState()
		ben, _ := s.State.People.PresentByUser("ben")
		own := s.Sender(ben).Token
		back := func(user, token string) rules.Decision {
			return join(row.comes, user, token)
		}
		t.Run("with one's own token comes back", func(t *testing.T) {
			require.Equal(t, shared.WelcomeFor{Participant: ben.ID, Token: true}, back("ben", own).Answer)
		})
		t.Run("without it", func(t *testing.T) {
			if row.handed {
				require.Equal(t, shared.WelcomeFor{Participant: ben.ID, Token: true}, back("ben", "").Answer)
			} else {
				require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(back("ben", "").Err))
			}
		})
		t.Run("never hands out the host", func(t *testing.T) {
			require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(back("ada", own).Err))
			require.Equal(t, shared.WelcomeFor{Participant: s.Owner().ID, Token: true}, back("ada", s.Sender(s.Owner()).Token).Answer)
		})
	}
}

func TestShared_the_host_who_left(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
	token := s.Sender(s.Owner()).Token
	require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Close{}).Err))
	t.Run("is not brought back by an event stream", func(t *testing.T) {
		resume := &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: token}
		d := s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}, EventsOnly: true})
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(d.Err))
	})
	t.Run("comes back by resume", func(t *testing.T) {
		s.Now = s.Now.Add(time.Minute)
		d := s.Do(s.Session, shared.Command{Request: protocol.Request{Command: &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: token}}})
		require.Equal(t, []protocol.EventType{protocol.EventParticipantJoined}, rulestest.EventTypes(d))
		require.Equal(t, s.Now, s.Owner().JoinedAt)
		require.NoError(t, s.Send(s.Owner(), &protocol.SetMode{Mode: protocol.ModeViewOnly}).Err)
	})
	t.Run("comes back by join, also when an impostor was removed", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		impostor := s.Join("ada", "")
		require.NotEqual(t, s.Owner().ID, impostor.ID)
		require.Equal(t, protocol.RoleCollaborator, impostor.Role)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).Err)
		require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: impostor.ID}).Err)
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).Err)
	})
}

func TestShared_SetRole(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	set := func(id string) rules.Decision {
		return s.Send(s.Owner(), &protocol.SetRole{ParticipantID: id, Role: protocol.RoleViewer})
	}
	require.NoError(t, set(ben.ID).Err)
	t.Run("sticks to the user who leaves and joins again", func(t *testing.T) {
		require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
		require.Equal(t, protocol.RoleViewer, s.Join("ben", protocol.RoleCollaborator).Role)
	})
	t.Run("that is higher sticks to nobody", func(t *testing.T) {
		again, _ := s.State.People.PresentByUser("ben")
		require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: again.ID, Role: protocol.RoleCollaborator}).Err)
		require.NoError(t, s.Send(again, &protocol.Leave{}).Err)
		require.Equal(t, protocol.RoleViewer, s.Join("ben", protocol.RoleViewer).Role)
	})
	t.Run("cannot be done to the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(set(s.Owner().ID).Err))
	})
	t.Run("needs a participant", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(set("nobody").Err))
	})
}

func TestShared_Remove(t *testing.T) {
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
	require.Contains(t, d.Effects, rules.Effect(shared.DisconnectUser{Participant: ben.ID, User: "ben", Code: protocol.CloseRemoved, Reason: "the host has removed you: spam"}))
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
	require.Equal(t, protocol.ApprovalRejected, s.Approval(pending).Status)
	t.Run("bars the user", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben"}).Err))
		resume := &protocol.Resume{ParticipantID: ben.ID, ParticipantToken: s.Sender(ben).Token}
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}}).Err))
	})
	t.Run("is told to that user with the reason, whatever the command", func(t *testing.T) {
		err := s.Send(ben, &protocol.Chat{Text: "why?"}).Err
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(err))
		require.Contains(t, err.Error(), reason)
	})
	t.Run("cannot be done to the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Remove{ParticipantID: s.Owner().ID}).Err))
	})
}

func TestShared_Remove_leaves_the_prompts_of_others(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	s.RunPrompt()
	queued, pending := s.Prompt(s.Owner()), s.Prompt(cem)
	require.Equal(t, []protocol.EventType{protocol.EventInviteRotated, protocol.EventParticipantLeft}, rulestest.EventTypes(s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID})))
	s.DeliverAll()
	require.Equal(t, shared.PhaseQueued, s.State.OpenPrompt(queued).Phase)
	require.Equal(t, shared.PhasePending, s.State.OpenPrompt(pending).Phase)
}

func TestShared_Remove_cancels_no_prompt_a_second_time(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	queued := s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), approve(queued)).Err)
	require.NoError(t, s.Send(ben, &protocol.Cancel{ApprovalID: queued}).Err)
	d := s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID, KeepInvite: true})
	require.Equal(t, []protocol.EventType{protocol.EventParticipantLeft}, rulestest.EventTypes(d))
}

func TestShared_Remove_and_the_invite(t *testing.T) {
	remove := func(s *rulestest.Fixture, c protocol.Remove) *protocol.RemoveAnswer {
		ben := s.Join("ben", "")
		c.ParticipantID = ben.ID
		d := s.Send(s.Owner(), &c)
		require.NoError(t, d.Err)
		return s.State.Answerer()(&c, d.Events[len(d.Events)-1]).(*protocol.RemoveAnswer)
	}
	t.Run("is replaced, so that the same person cannot come back under another user id", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		old := s.InviteToken()
		answer := remove(s, protocol.Remove{})
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "benjamin", InviteToken: old}).Err))
		require.Equal(t, s.InviteToken(), *answer.InviteToken, "the host is told the new one")
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "cem", InviteToken: *answer.InviteToken}).Err)
	})
	t.Run("is kept where the host says so", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		old := s.InviteToken()
		require.Nil(t, remove(s, protocol.Remove{KeepInvite: true}).InviteToken)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "cem", InviteToken: old}).Err)
	})
	t.Run("of each removal is told again with its answer", func(t *testing.T) {
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

// Nothing lifts a bar today. The role would stick if something did.
func TestShared_Remove_keeps_the_role_of_a_viewer(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	vic, ben := s.Join("vic", protocol.RoleViewer), s.Join("ben", "")
	for _, p := range []protocol.Participant{vic, ben} {
		require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: p.ID}).Err)
	}
	clear(s.State.Barred)
	require.Equal(t, protocol.RoleViewer, s.Join("vic", protocol.RoleCollaborator).Role)
	require.Equal(t, protocol.RoleCollaborator, s.Join("ben", protocol.RoleCollaborator).Role)
}

// Snapshots used to say of a bar no more than that there is one.
func TestShared_a_snapshot_of_before_reasons_were_kept(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	state := shared.New(s.Session.ID, s.Session.Settings)
	encoded := rules.RawJSON(s.State)
	old := bytes.Replace(encoded, []byte(`"Barred":{}`), []byte(`"Barred":{"ben":true}`), 1)
	require.NotEqual(t, encoded, old)
	require.NoError(t, state.Restore(old))
	require.EqualError(t, state.RequireNotBarred("ben"), protocol.Errorf(protocol.CodeParticipantRemoved, "the host has removed you").Error())
}

func TestShared_Remove_somebody_who_left_and_joined_again(t *testing.T) {
	for name, named := range map[string]func(before, now protocol.Participant) string{
		"by the earlier participant": func(before, _ protocol.Participant) string { return before.ID },
		"by the one of now":          func(_, now protocol.Participant) string { return now.ID },
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

func TestShared_SetRole_of_somebody_who_left_and_joined_again_is_for_now(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	before := s.Join("ben", "")
	require.NoError(t, s.Send(before, &protocol.Leave{}).Err)
	now := s.Join("ben", "")
	require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleViewer}).Err)
	require.Equal(t, protocol.CodePromptNotAllowed, rulestest.ErrorCode(s.Send(now, &protocol.Prompt{Prompt: "Go on"}).Err))
	require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleCollaborator}).Err)
	require.NoError(t, s.Send(now, &protocol.Prompt{Prompt: "Go on"}).Err)
}

func TestShared_a_connection_has_one_participant(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	join := &protocol.Join{InviteToken: s.InviteToken(), UserID: "ben"}
	c := shared.Command{Sender: shared.Sender{ParticipantID: s.Owner().ID, Connected: true}, Request: protocol.Request{Command: join}}
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Do(s.Session, c).Err))
}

func TestShared_leaving_and_a_new_mode_touch_no_prompt(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	pending := s.Prompt(ben)
	s.SetMode(protocol.ModeViewOnly)
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: pending, Action: protocol.ActionApprove}).Err)
}

func TestShared_a_join_that_comes_again(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	join := func(user, id string) rules.Decision {
		c := &protocol.Join{UserID: user, InviteToken: s.InviteToken()}
		return s.Do(s.Session, shared.Command{Request: protocol.Request{ID: id, Command: c}})
	}
	require.NoError(t, join("ben", "1").Err)
	ben, _ := s.State.People.PresentByUser("ben")
	t.Run("is answered with the same participant", func(t *testing.T) {
		again := join("ben", "1")
		require.True(t, again.Duplicate)
		require.Empty(t, again.Events)
		require.Equal(t, ben.ID, again.Answer.(shared.WelcomeFor).Participant)
	})
	t.Run("from another user is another join", func(t *testing.T) {
		require.NoError(t, join("cem", "1").Err)
		_, here := s.State.People.PresentByUser("cem")
		require.True(t, here)
	})
	t.Run("from somebody who has left since brings nobody back", func(t *testing.T) {
		cem, _ := s.State.People.PresentByUser("cem")
		require.NoError(t, s.Send(cem, &protocol.Leave{}).Err)
		again := join("cem", "1")
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again.Err))
		require.Nil(t, again.Answer)
	})
	t.Run("is forgotten with the invite", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.RotateInvite{}).Err)
		require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(join("ben", "1").Err))
	})
}
