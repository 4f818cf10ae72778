package hub

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestShared_Join(t *testing.T) {
	s := newStage(t, settings{MaxParticipants: 3})
	ben := s.joins("ben", "")
	t.Run("makes a collaborator of who names no role", func(t *testing.T) { require.Equal(t, protocol.RoleCollaborator, ben.Role) })
	t.Run("makes no hosts", func(t *testing.T) {
		eve := s.joins("eve", protocol.RoleHost)
		require.Equal(t, protocol.RoleCollaborator, eve.Role)
	})
	t.Run("needs room", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, codeOf(s.tryJoin(&protocol.Join{UserID: "fay"}).err))
	})
	t.Run("finds the room of somebody who left", func(t *testing.T) {
		eve, _ := s.state.People.present("eve")
		require.NoError(t, s.by(eve, &protocol.Leave{}).err)
		s.joins("fay", "")
	})
	t.Run("needs the invite", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidInviteToken, codeOf(s.tryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).err))
	})
	t.Run("needs the new invite after a rotation, which leaves who is inside", func(t *testing.T) {
		old := s.inviteToken()
		require.NoError(t, s.by(s.owner(), &protocol.RotateInvite{}).err)
		require.Equal(t, protocol.CodeInvalidInviteToken, codeOf(s.tryJoin(&protocol.Join{UserID: "gus", InviteToken: old}).err))
		require.NoError(t, s.by(ben, &protocol.Chat{Text: "still here"}).err)
	})
	t.Run("needs an active session", func(t *testing.T) {
		require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
		require.Equal(t, protocol.CodeSessionInactive, codeOf(s.tryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).err))
	})
}

// The original hands the access token of somebody present to anybody who joins
// under the same user id.
func TestShared_Join_as_somebody_present(t *testing.T) {
	for _, row := range []struct {
		came, comes joinWay
		handed      bool
	}{
		{joinTyped, joinTyped, false},
		{joinTyped, joinOriginal, false},
		{joinTyped, joinAgain, false}, // that client keeps its token
		{joinOriginal, joinTyped, false},
		{joinOriginal, joinOriginal, false},
		{joinOriginal, joinAgain, true},
		{joinAgain, joinAgain, true},
	} {
		s := newStage(t, settings{})
		join := func(way joinWay, user, token string) decision {
			c := &protocol.Join{InviteToken: s.inviteToken(), UserID: user, ParticipantToken: token}
			return s.do(s.n, command{request: protocol.Request{Command: c}, way: way})
		}
		require.NoError(t, join(row.came, "ben", "").err)
		s.n.reload(t, s.now)
		s.state = s.n.sharedState()
		ben, _ := s.state.People.present("ben")
		own := s.credentials(ben).Token
		back := func(user, token string) decision {
			return join(row.comes, user, token)
		}
		t.Run("with one's own token comes back", func(t *testing.T) {
			require.Equal(t, welcomeFor{participant: ben.ID, token: true}, back("ben", own).answer)
		})
		t.Run("without it", func(t *testing.T) {
			if row.handed {
				require.Equal(t, welcomeFor{participant: ben.ID, token: true}, back("ben", "").answer)
			} else {
				require.Equal(t, protocol.CodeUserAlreadyJoined, codeOf(back("ben", "").err))
			}
		})
		t.Run("never hands out the host", func(t *testing.T) {
			require.Equal(t, protocol.CodeUserAlreadyJoined, codeOf(back("ada", own).err))
			require.Equal(t, welcomeFor{participant: s.owner().ID, token: true}, back("ada", s.credentials(s.owner()).Token).answer)
		})
	}
}

func TestShared_the_host_who_left(t *testing.T) {
	s := newStage(t, settings{})
	require.NoError(t, s.by(s.owner(), &protocol.Leave{}).err)
	token := s.credentials(s.owner()).Token
	require.Equal(t, protocol.CodeParticipantInactive, codeOf(s.by(s.owner(), &protocol.Close{}).err))
	t.Run("is not brought back by an event stream", func(t *testing.T) {
		resume := &protocol.Resume{ParticipantID: s.owner().ID, ParticipantToken: token}
		d := s.do(s.n, command{request: protocol.Request{Command: resume}, stream: true})
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(d.err))
	})
	t.Run("comes back by resume", func(t *testing.T) {
		s.now = s.now.Add(time.Minute)
		d := s.do(s.n, command{request: protocol.Request{Command: &protocol.Resume{ParticipantID: s.owner().ID, ParticipantToken: token}}})
		require.Equal(t, []protocol.EventType{protocol.EventParticipantJoined}, types(d))
		require.Equal(t, s.now, s.owner().JoinedAt)
		require.NoError(t, s.by(s.owner(), &protocol.SetMode{Mode: protocol.ModeViewOnly}).err)
	})
	t.Run("comes back by join, also when an impostor was removed", func(t *testing.T) {
		require.NoError(t, s.by(s.owner(), &protocol.Leave{}).err)
		impostor := s.joins("ada", "")
		require.NotEqual(t, s.owner().ID, impostor.ID)
		require.Equal(t, protocol.RoleCollaborator, impostor.Role)
		require.NoError(t, s.tryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).err)
		require.NoError(t, s.by(s.owner(), &protocol.Remove{ParticipantID: impostor.ID}).err)
		require.NoError(t, s.by(s.owner(), &protocol.Leave{}).err)
		require.NoError(t, s.tryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).err)
	})
}

func TestShared_SetRole(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	set := func(id string) decision {
		return s.by(s.owner(), &protocol.SetRole{ParticipantID: id, Role: protocol.RoleViewer})
	}
	require.NoError(t, set(ben.ID).err)
	t.Run("sticks to the user who leaves and joins again", func(t *testing.T) {
		require.NoError(t, s.by(ben, &protocol.Leave{}).err)
		require.Equal(t, protocol.RoleViewer, s.joins("ben", protocol.RoleCollaborator).Role)
	})
	t.Run("that is higher sticks to nobody", func(t *testing.T) {
		again, _ := s.state.People.present("ben")
		require.NoError(t, s.by(s.owner(), &protocol.SetRole{ParticipantID: again.ID, Role: protocol.RoleCollaborator}).err)
		require.NoError(t, s.by(again, &protocol.Leave{}).err)
		require.Equal(t, protocol.RoleViewer, s.joins("ben", protocol.RoleViewer).Role)
	})
	t.Run("cannot be done to the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, codeOf(set(s.owner().ID).err))
	})
	t.Run("needs a participant", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantNotFound, codeOf(set("nobody").err))
	})
}

func TestShared_Remove(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	s.runs()
	s.mode(protocol.ModePromptDirect)
	queued := s.prompts(ben)
	s.deliverAll()
	s.mode(protocol.ModePromptWithApproval)
	pending := s.prompts(ben)
	reason := "spam"
	d := s.by(s.owner(), &protocol.Remove{ParticipantID: ben.ID, Reason: &reason})
	require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptRejected, protocol.EventInviteRotated, protocol.EventParticipantLeft}, types(d))
	require.Contains(t, d.effects, effect(cutUser{ben.ID, "ben", protocol.CloseRemoved, "the host has removed you: spam"}))
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(queued).Status)
	require.Equal(t, protocol.ApprovalRejected, s.approval(pending).Status)
	t.Run("bars the user", func(t *testing.T) {
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(s.tryJoin(&protocol.Join{UserID: "ben"}).err))
		resume := &protocol.Resume{ParticipantID: ben.ID, ParticipantToken: s.credentials(ben).Token}
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(s.do(s.n, command{request: protocol.Request{Command: resume}}).err))
	})
	t.Run("is told to that user with the reason, whatever the command", func(t *testing.T) {
		err := s.by(ben, &protocol.Chat{Text: "why?"}).err
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(err))
		require.Contains(t, err.Error(), reason)
	})
	t.Run("cannot be done to the host", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, codeOf(s.by(s.owner(), &protocol.Remove{ParticipantID: s.owner().ID}).err))
	})
}

func TestShared_Remove_leaves_the_prompts_of_others(t *testing.T) {
	s := newStage(t, settings{})
	ben, cem := s.joins("ben", ""), s.joins("cem", "")
	s.runs()
	queued, pending := s.prompts(s.owner()), s.prompts(cem)
	require.Equal(t, []protocol.EventType{protocol.EventInviteRotated, protocol.EventParticipantLeft}, types(s.by(s.owner(), &protocol.Remove{ParticipantID: ben.ID})))
	s.deliverAll()
	require.Equal(t, phaseQueued, s.state.open(queued).Phase)
	require.Equal(t, phasePending, s.state.open(pending).Phase)
}

func TestShared_Remove_cancels_no_prompt_a_second_time(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	s.runs()
	queued := s.prompts(ben)
	require.NoError(t, s.by(s.owner(), approve(queued)).err)
	require.NoError(t, s.by(ben, &protocol.Cancel{ApprovalID: queued}).err)
	d := s.by(s.owner(), &protocol.Remove{ParticipantID: ben.ID, KeepInvite: true})
	require.Equal(t, []protocol.EventType{protocol.EventParticipantLeft}, types(d))
}

func TestShared_Remove_and_the_invite(t *testing.T) {
	remove := func(s *stage, c protocol.Remove) *protocol.RemoveAnswer {
		ben := s.joins("ben", "")
		c.ParticipantID = ben.ID
		d := s.by(s.owner(), &c)
		require.NoError(t, d.err)
		return s.state.answerer()(&c, d.events[len(d.events)-1]).(*protocol.RemoveAnswer)
	}
	t.Run("is replaced, so that the same person cannot come back under another user id", func(t *testing.T) {
		s := newStage(t, settings{})
		old := s.inviteToken()
		answer := remove(s, protocol.Remove{})
		require.Equal(t, protocol.CodeInvalidInviteToken, codeOf(s.tryJoin(&protocol.Join{UserID: "benjamin", InviteToken: old}).err))
		require.Equal(t, s.inviteToken(), *answer.InviteToken, "the host is told the new one")
		require.NoError(t, s.tryJoin(&protocol.Join{UserID: "cem", InviteToken: *answer.InviteToken}).err)
	})
	t.Run("is kept where the host says so", func(t *testing.T) {
		s := newStage(t, settings{})
		old := s.inviteToken()
		require.Nil(t, remove(s, protocol.Remove{KeepInvite: true}).InviteToken)
		require.NoError(t, s.tryJoin(&protocol.Join{UserID: "cem", InviteToken: old}).err)
	})
	t.Run("of each removal is told again with its answer", func(t *testing.T) {
		s := newStage(t, settings{})
		ben := s.joins("ben", "")
		remove := func() decision { return s.byID(s.owner(), "the same", &protocol.Remove{ParticipantID: ben.ID}) }
		d := remove()
		first := s.state.answerer()(&protocol.Remove{}, d.events[len(d.events)-1])
		require.NoError(t, s.by(s.owner(), &protocol.RotateInvite{}).err)
		again := remove()
		e, err := decodeShared(s.n.log[again.replay-1])
		require.NoError(t, err)
		require.Equal(t, first, s.state.answerer()(&protocol.Remove{}, e))
	})
}

// Nothing lifts a bar today. The role would stick if something did.
func TestShared_Remove_keeps_the_role_of_a_viewer(t *testing.T) {
	s := newStage(t, settings{})
	vic, ben := s.joins("vic", protocol.RoleViewer), s.joins("ben", "")
	for _, p := range []protocol.Participant{vic, ben} {
		require.NoError(t, s.by(s.owner(), &protocol.Remove{ParticipantID: p.ID}).err)
	}
	clear(s.state.Barred)
	require.Equal(t, protocol.RoleViewer, s.joins("vic", protocol.RoleCollaborator).Role)
	require.Equal(t, protocol.RoleCollaborator, s.joins("ben", protocol.RoleCollaborator).Role)
}

// Snapshots used to say of a bar no more than that there is one.
func TestShared_a_snapshot_of_before_reasons_were_kept(t *testing.T) {
	s := newStage(t, settings{})
	state := newSharedState(s.n.id, s.n.settings)
	encoded := rawJSON(s.state)
	old := bytes.Replace(encoded, []byte(`"Barred":{}`), []byte(`"Barred":{"ben":true}`), 1)
	require.NotEqual(t, encoded, old)
	require.NoError(t, state.restore(old))
	require.EqualError(t, state.requireNotBarred("ben"), protocol.Errorf(protocol.CodeParticipantRemoved, "the host has removed you").Error())
}

func TestShared_Remove_somebody_who_left_and_joined_again(t *testing.T) {
	for name, named := range map[string]func(before, now protocol.Participant) string{
		"by the earlier participant": func(before, _ protocol.Participant) string { return before.ID },
		"by the one of now":          func(_, now protocol.Participant) string { return now.ID },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, settings{})
			before := s.joins("ben", "")
			s.runs()
			pending, queued := s.prompts(before), s.prompts(before)
			require.NoError(t, s.by(s.owner(), approve(queued)).err)
			s.deliverAll()
			require.NoError(t, s.by(before, &protocol.Leave{}).err)
			now := s.joins("ben", "")
			require.NoError(t, s.by(s.owner(), &protocol.Remove{ParticipantID: named(before, now)}).err)
			s.deliverAll()
			require.Equal(t, protocol.CodeParticipantRemoved, codeOf(s.by(now, &protocol.Chat{Text: "hello"}).err))
			require.Equal(t, protocol.ApprovalRejected, s.approval(pending).Status)
			require.Equal(t, protocol.ApprovalFailed, s.approval(queued).Status)
		})
	}
}

func TestShared_SetRole_of_somebody_who_left_and_joined_again_is_for_now(t *testing.T) {
	s := newStage(t, settings{})
	before := s.joins("ben", "")
	require.NoError(t, s.by(before, &protocol.Leave{}).err)
	now := s.joins("ben", "")
	require.NoError(t, s.by(s.owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleViewer}).err)
	require.Equal(t, protocol.CodePromptNotAllowed, codeOf(s.by(now, &protocol.Prompt{Prompt: "Go on"}).err))
	require.NoError(t, s.by(s.owner(), &protocol.SetRole{ParticipantID: before.ID, Role: protocol.RoleCollaborator}).err)
	require.NoError(t, s.by(now, &protocol.Prompt{Prompt: "Go on"}).err)
}

func TestShared_a_connection_has_one_participant(t *testing.T) {
	s := newStage(t, settings{})
	join := &protocol.Join{InviteToken: s.inviteToken(), UserID: "ben"}
	c := command{who: sender{ParticipantID: s.owner().ID, connected: true}, request: protocol.Request{Command: join}}
	require.Equal(t, protocol.CodeInvalidRequest, codeOf(s.do(s.n, c).err))
}

func TestShared_leaving_and_a_new_mode_touch_no_prompt(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	pending := s.prompts(ben)
	s.mode(protocol.ModeViewOnly)
	require.NoError(t, s.by(ben, &protocol.Leave{}).err)
	require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: pending, Action: protocol.ActionApprove}).err)
}

func TestShared_a_join_that_comes_again(t *testing.T) {
	s := newStage(t, settings{})
	join := func(user, id string) decision {
		c := &protocol.Join{UserID: user, InviteToken: s.inviteToken()}
		return s.do(s.n, command{request: protocol.Request{ID: id, Command: c}})
	}
	require.NoError(t, join("ben", "1").err)
	ben, _ := s.state.People.present("ben")
	t.Run("is answered with the same participant", func(t *testing.T) {
		again := join("ben", "1")
		require.True(t, again.duplicate)
		require.Empty(t, again.events)
		require.Equal(t, ben.ID, again.answer.(welcomeFor).participant)
	})
	t.Run("from another user is another join", func(t *testing.T) {
		require.NoError(t, join("cem", "1").err)
		_, here := s.state.People.present("cem")
		require.True(t, here)
	})
	t.Run("from somebody who has left since brings nobody back", func(t *testing.T) {
		cem, _ := s.state.People.present("cem")
		require.NoError(t, s.by(cem, &protocol.Leave{}).err)
		again := join("cem", "1")
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(again.err))
		require.Nil(t, again.answer)
	})
	t.Run("is forgotten with the invite", func(t *testing.T) {
		require.NoError(t, s.by(s.owner(), &protocol.RotateInvite{}).err)
		require.Equal(t, protocol.CodeUserAlreadyJoined, codeOf(join("ben", "1").err))
	})
}
