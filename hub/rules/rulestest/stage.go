package rulestest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Fixture is one shared session on its host session, for tests that look at one
// decision.
type Fixture struct {
	*Network
	T       *testing.T
	Session *Session
	State   *shared.State
}

func NewFixture(t *testing.T, o rules.Settings) *Fixture {
	w := NewNetwork(t, o, 1)
	return &Fixture{Network: w, T: t, Session: w.Shared[0], State: w.Shared[0].SharedState()}
}

func (s *Fixture) Owner() protocol.Participant { return s.State.Host() }

func (s *Fixture) Sender(p protocol.Participant) shared.Sender {
	return shared.Sender{ParticipantID: p.ID, Token: s.Session.Settings.Key.Token(rules.ParticipantToken, p.ID, 1)}
}

func (s *Fixture) InviteToken() string {
	return s.Session.Settings.Key.Token(rules.InviteToken, s.Session.ID.String(), s.State.InviteGeneration)
}

// Send decides on a command of a participant under a fresh id.
func (s *Fixture) Send(p protocol.Participant, c protocol.Command) rules.Decision {
	return s.SendWithID(p, fmt.Sprintf("command-%d", s.ids), c)
}

func (s *Fixture) SendWithID(p protocol.Participant, id string, c protocol.Command) rules.Decision {
	return s.Do(s.Session, shared.Command{Sender: s.Sender(p), Request: protocol.Request{ID: id, Command: c}})
}

// Join makes a user a participant.
func (s *Fixture) Join(user string, role protocol.Role) protocol.Participant {
	s.T.Helper()
	d := s.TryJoin(&protocol.Join{UserID: user, Role: role})
	require.NoError(s.T, d.Err)
	p, here := s.State.People.PresentByUser(user)
	require.True(s.T, here)
	return p
}

func (s *Fixture) TryJoin(c *protocol.Join) rules.Decision {
	if c.InviteToken == "" {
		c.InviteToken = s.InviteToken()
	}
	return s.Do(s.Session, shared.Command{Request: protocol.Request{ID: fmt.Sprintf("command-%d", s.ids), Command: c}})
}

func (s *Fixture) SetMode(m protocol.Mode) {
	s.T.Helper()
	require.NoError(s.T, s.Send(s.Owner(), &protocol.SetMode{Mode: m}).Err)
}

// Prompt makes somebody prompt and returns the approval's id.
func (s *Fixture) Prompt(p protocol.Participant) string {
	s.T.Helper()
	require.NoError(s.T, s.Send(p, &protocol.Prompt{Prompt: "do it"}).Err)
	all := s.Session.Approvals()
	return all[len(all)-1]
}

// Approval is how the journal has a prompt.
func (s *Fixture) Approval(id string) protocol.Approval { return s.Session.approval(s.T, id) }

// RunPrompt makes the host prompt, so that the agent is busy.
func (s *Fixture) RunPrompt() string {
	s.T.Helper()
	id := s.Prompt(s.Owner())
	s.DeliverAll()
	require.Equal(s.T, id, s.Agent.Turn)
	return id
}

// RequestPermission makes the agent ask for a permission, which can be given.
func (s *Fixture) RequestPermission(requestID string) {
	s.AgentReports(rules.AgentPermission{
		RequestID: requestID,
		Options:   []byte(`[{"optionId":"yes","kind":"allow_once"}]`),
		Choices:   []rules.AgentOption{{ID: "yes", Kind: "allow_once"}},
	})
	s.DeliverAll()
}

func ErrorCode(err error) protocol.Code {
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func EventTypes(d rules.Decision) []protocol.EventType {
	var all []protocol.EventType
	for _, e := range d.Events {
		all = append(all, e.Public.EventType())
	}
	return all
}

// MessagesOf returns the messages of a type among a decision's effects.
func MessagesOf[M any](d rules.Decision) []M {
	var all []M
	for _, e := range d.Effects {
		var message any = e
		switch e := e.(type) {
		case rules.Send:
			message = e.Message
		case host.Broadcast:
			message = e.Message
		}
		if m, ok := message.(M); ok {
			all = append(all, m)
		}
	}
	return all
}
