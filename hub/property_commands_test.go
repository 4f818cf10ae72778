package hub

import (
	"fmt"

	"pgregory.net/rapid"

	"parley/protocol"
)

// allowed is the table of rights, written another way.
func allowed(role protocol.Role, mode protocol.Mode, c protocol.Command, e event) bool {
	if role == protocol.RoleHost {
		return true
	}
	switch c.(type) {
	case *protocol.Leave, *protocol.Cancel:
		return true
	case *protocol.Chat:
		return role == protocol.RoleCollaborator && mode != protocol.ModeViewOnly
	case *protocol.Prompt:
		_, pending := e.public.(*protocol.PromptPendingApproval)
		return role == protocol.RoleCollaborator &&
			(mode == protocol.ModePromptDirect && !pending || mode == protocol.ModePromptWithApproval && pending)
	}
	return false
}

// somebody is a participant with the right token, or with a wrong one.
func (p *play) somebody(t *rapid.T, n *node) sender {
	s := n.sharedState()
	who := rapid.SampledFrom(s.People.All()).Draw(t, "who")
	if rapid.IntRange(0, 2).Draw(t, "host") == 0 {
		who = s.host()
	}
	token := n.settings.Key.token(participantToken, who.ID, 1)
	if rapid.IntRange(0, 9).Draw(t, "token") == 0 {
		token = "wrong"
	}
	return sender{ParticipantID: who.ID, Token: token}
}

func (p *play) anyCommand(t *rapid.T, n *node) protocol.Command {
	s := n.sharedState()
	approval := func() string {
		return rapid.SampledFrom(append(n.approvals(), "none")).Draw(t, "approval")
	}
	who := func() string { return rapid.SampledFrom(s.People.All()).Draw(t, "participant").ID }
	return rapid.Custom(func(t *rapid.T) protocol.Command {
		switch rapid.IntRange(0, 17).Draw(t, "command") {
		case 0, 1:
			return p.join(t, s)
		case 2:
			return &protocol.Chat{Text: "hello"}
		case 3, 4, 5:
			return &protocol.Prompt{Prompt: "do it"}
		case 6, 7, 8:
			return &protocol.Approve{ApprovalID: approval(), Action: rapid.SampledFrom([]string{"approve", "approve", "reject"}).Draw(t, "action")}
		case 9:
			return &protocol.Cancel{ApprovalID: approval()}
		case 10:
			return &protocol.Cancel{}
		case 11:
			return &protocol.SetMode{Mode: rapid.SampledFrom([]protocol.Mode{protocol.ModePromptDirect, protocol.ModePromptWithApproval, protocol.ModeViewOnly, protocol.ModeCommentOnly}).Draw(t, "mode")}
		case 12:
			return &protocol.SetRole{ParticipantID: who(), Role: rapid.SampledFrom([]protocol.Role{protocol.RoleCollaborator, protocol.RoleViewer}).Draw(t, "role")}
		case 13:
			return &protocol.Remove{ParticipantID: who(), KeepInvite: rapid.Bool().Draw(t, "keep the invite")}
		case 14:
			return &protocol.Leave{}
		case 15:
			return &protocol.AnswerPermission{RequestID: fmt.Sprintf("ask-%d", rapid.IntRange(0, p.asked).Draw(t, "request")), OptionID: "yes"}
		case 16:
			return &protocol.RotateInvite{}
		}
		return rapid.SampledFrom([]protocol.Command{&protocol.StopAgent{}, &protocol.Typing{Active: true}, &protocol.Close{}, &protocol.Ping{}}).Draw(t, "other")
	}).Draw(t, "of kind")
}

func (p *play) join(t *rapid.T, s *sharedState) protocol.Command {
	key := p.host.settings.Key
	c := &protocol.Join{
		InviteToken: key.token(inviteToken, s.ID.String(), s.Invite),
		UserID:      rapid.SampledFrom([]string{"ada", "ben", "cem", "dot", "eve"}).Draw(t, "user"),
		Role:        rapid.SampledFrom([]protocol.Role{"", protocol.RoleViewer, protocol.RoleHost}).Draw(t, "role"),
	}
	if p, here := s.People.present(c.UserID); here && rapid.Bool().Draw(t, "with token") {
		c.ParticipantToken = key.token(participantToken, p.ID, 1)
	}
	return c
}
