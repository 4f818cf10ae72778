package rules_test

import (
	"fmt"

	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// allowed is the table of rights, written another way.
func allowed(role protocol.Role, mode protocol.Mode, c protocol.Command, e rules.Event) bool {
	if role == protocol.RoleHost {
		return true
	}
	switch c.(type) {
	case *protocol.Leave, *protocol.Cancel:
		return true
	case *protocol.Chat:
		return role == protocol.RoleCollaborator && mode != protocol.ModeViewOnly
	case *protocol.Prompt:
		_, pending := e.Public.(*protocol.PromptPendingApproval)
		return role == protocol.RoleCollaborator &&
			(mode == protocol.ModePromptDirect && !pending || mode == protocol.ModePromptWithApproval && pending)
	}
	return false
}

// somebody is a participant with the right token, or with a wrong one.
func (p *play) somebody(t *rapid.T, n *rulestest.Session) shared.Sender {
	s := n.SharedState()
	who := rapid.SampledFrom(s.People.All()).Draw(t, "who")
	if rapid.IntRange(0, 2).Draw(t, "host") == 0 {
		who = s.Host()
	}
	token := n.Settings.Key.Token(rules.ParticipantToken, who.ID, 1)
	if rapid.IntRange(0, 9).Draw(t, "token") == 0 {
		token = "wrong"
	}
	return shared.Sender{ParticipantID: who.ID, Token: token}
}

func (p *play) anyCommand(t *rapid.T, n *rulestest.Session) protocol.Command {
	s := n.SharedState()
	approval := func() string {
		return rapid.SampledFrom(append(n.Approvals(), "none")).Draw(t, "approval")
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
		return rapid.SampledFrom([]protocol.Command{&protocol.StopAgent{}, &protocol.Configure{OptionID: "web", Forget: true}, &protocol.Typing{Active: true}, &protocol.Close{}, &protocol.Ping{}}).Draw(t, "other")
	}).Draw(t, "of kind")
}

func (p *play) join(t *rapid.T, s *shared.State) protocol.Command {
	key := p.Host.Settings.Key
	c := &protocol.Join{
		InviteToken: key.Token(rules.InviteToken, s.ID.String(), s.InviteGeneration),
		UserID:      rapid.SampledFrom([]string{"ada", "ben", "cem", "dot", "eve"}).Draw(t, "user"),
		Role:        rapid.SampledFrom([]protocol.Role{"", protocol.RoleViewer, protocol.RoleHost}).Draw(t, "role"),
	}
	if p, here := s.People.PresentByUser(c.UserID); here && rapid.Bool().Draw(t, "with token") {
		c.ParticipantToken = key.Token(rules.ParticipantToken, p.ID, 1)
	}
	return c
}
