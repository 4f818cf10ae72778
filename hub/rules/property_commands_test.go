package rules_test

import (
	"fmt"

	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// allowed reports whether a participant may cause an event by a command. It is the table of
// rights in another form.
func allowed(role protocol.Role, mode protocol.Mode, c protocol.Command, e rules.Event) bool {
	if role == protocol.RoleHost {
		return true
	}
	switch c.(type) {
	case *protocol.Leave, *protocol.Cancel, *protocol.Withdraw:
		return true
	case *protocol.EditPrompt:
		return role == protocol.RoleCollaborator && (mode == protocol.ModePromptDirect || mode == protocol.ModePromptWithApproval)
	case *protocol.Chat, *protocol.ReviewFile:
		return role == protocol.RoleCollaborator && mode != protocol.ModeViewOnly
	case *protocol.Prompt:
		_, pending := e.Public.(*protocol.PromptPendingApproval)
		return role == protocol.RoleCollaborator &&
			(mode == protocol.ModePromptDirect && !pending || mode == protocol.ModePromptWithApproval && pending)
	}
	return false
}

// drawSender draws a participant, mostly with the right token.
func drawSender(t *rapid.T, session *rulestest.Session) shared.Sender {
	s := session.SharedState()
	sender := rapid.SampledFrom(s.People.All()).Draw(t, "sender")
	if rapid.IntRange(0, 2).Draw(t, "host") == 0 {
		sender = s.Host()
	}
	token := session.Settings.Key.Token(rules.ParticipantToken, sender.ID, 1)
	if rapid.IntRange(0, 9).Draw(t, "token") == 0 {
		token = "wrong"
	}
	return shared.Sender{ParticipantID: sender.ID, Token: token}
}

// drawCommand draws a command. Some name prompts, requests or participants.
func (r *run) drawCommand(t *rapid.T, session *rulestest.Session) protocol.Command {
	s := session.SharedState()
	approval := func() string {
		return rapid.SampledFrom(append(session.Approvals(), "none")).Draw(t, "approval")
	}
	participant := func() string { return rapid.SampledFrom(s.People.All()).Draw(t, "participant").ID }
	return rapid.Custom(func(t *rapid.T) protocol.Command {
		switch rapid.IntRange(0, 26).Draw(t, "command") {
		case 0, 1:
			return r.drawJoin(t, s)
		case 2:
			return &protocol.Chat{Text: "hello"}
		case 3, 4, 5:
			return &protocol.Prompt{Prompt: "do it", When: rapid.SampledFrom([]protocol.When{"", "", protocol.WhenInterrupt}).Draw(t, "when")}
		case 6, 7, 8:
			return &protocol.Approve{ApprovalID: approval(), Action: rapid.SampledFrom([]string{"approve", "approve", "reject"}).Draw(t, "action")}
		case 9:
			return &protocol.Cancel{ApprovalID: approval()}
		case 10:
			return &protocol.Cancel{}
		case 11:
			return &protocol.SetMode{Mode: rapid.SampledFrom([]protocol.Mode{protocol.ModePromptDirect, protocol.ModePromptWithApproval, protocol.ModeViewOnly, protocol.ModeCommentOnly}).Draw(t, "mode")}
		case 12:
			return &protocol.SetRole{ParticipantID: participant(), Role: rapid.SampledFrom([]protocol.Role{protocol.RoleCollaborator, protocol.RoleViewer}).Draw(t, "role")}
		case 13:
			return &protocol.Remove{ParticipantID: participant(), KeepInvite: rapid.Bool().Draw(t, "keep the invite")}
		case 14:
			return &protocol.Leave{}
		case 15:
			return &protocol.AnswerPermission{RequestID: fmt.Sprintf("request-%d", rapid.IntRange(0, r.requests).Draw(t, "request")), OptionID: "yes"}
		case 16:
			return &protocol.RotateInvite{}
		case 18, 19:
			return &protocol.Withdraw{ApprovalID: approval()}
		case 20, 21, 22:
			return &protocol.EditPrompt{ApprovalID: approval(), Prompt: rapid.SampledFrom([]string{"do it", "do it well", "do it better"}).Draw(t, "text")}
		case 23, 24:
			return &protocol.MovePrompt{ApprovalID: approval(), Before: rapid.SampledFrom([]string{"", approval()}).Draw(t, "before")}
		case 25, 26:
			return &protocol.Answer{RequestID: fmt.Sprintf("request-%d", rapid.IntRange(0, r.requests).Draw(t, "request")),
				Action: rapid.SampledFrom([]protocol.ElicitationAction{protocol.ElicitationAccept, protocol.ElicitationDecline}).Draw(t, "action")}
		case 17:
			return rapid.SampledFrom(configureCommands).Draw(t, "change")
		}
		return rapid.SampledFrom([]protocol.Command{&protocol.StopAgent{}, &protocol.RestartAgent{}, &protocol.Typing{Active: true}, &protocol.ReviewFile{Path: "a.go", Version: "v", Reviewed: true}, &protocol.Close{}, &protocol.Ping{}}).Draw(t, "other")
	}).Draw(t, "of a kind")
}

// drawJoin draws a join of one of a few users, with the token of a present participant or
// without one.
func (r *run) drawJoin(t *rapid.T, s *shared.State) protocol.Command {
	key := r.Host.Settings.Key
	c := &protocol.Join{
		InviteToken: key.Token(rules.InviteToken, s.ID.String(), s.InviteGeneration),
		UserID:      rapid.SampledFrom([]string{"ada", "ben", "cem", "dot", "eve"}).Draw(t, "user"),
		Role:        rapid.SampledFrom([]protocol.Role{"", protocol.RoleViewer, protocol.RoleHost}).Draw(t, "role"),
	}
	if p, present := s.People.PresentBy(c.UserID); present && rapid.Bool().Draw(t, "with token") {
		c.ParticipantToken = key.Token(rules.ParticipantToken, p.ID, 1)
	}
	return c
}
