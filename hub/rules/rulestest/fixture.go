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

// Fixture is a network with one shared session, for tests of single decisions.
type Fixture struct {
	*Network
	T       *testing.T
	Session *Session      // the shared session
	State   *shared.State // of Session; a test replaces it after a reload
}

// NewFixture returns a fixture whose shared session has its host as the only participant.
func NewFixture(t *testing.T, s rules.Settings) *Fixture {
	n := NewNetwork(t, s, 1)
	return &Fixture{Network: n, T: t, Session: n.Shared[0], State: n.Shared[0].SharedState()}
}

// Owner returns the participant who created the shared session.
func (f *Fixture) Owner() protocol.Participant { return f.State.Host() }

// Sender returns the credentials of a participant.
func (f *Fixture) Sender(p protocol.Participant) shared.Sender {
	return shared.Sender{ParticipantID: p.ID, Token: f.Session.Settings.Key.Token(rules.ParticipantToken, p.ID, 1)}
}

// InviteToken returns the current invite.
func (f *Fixture) InviteToken() string {
	return f.Session.Settings.Key.Token(rules.InviteToken, f.Session.ID.String(), f.State.InviteGeneration)
}

// Send carries out a command of a participant, with a new id.
func (f *Fixture) Send(p protocol.Participant, c protocol.Command) rules.Decision {
	return f.SendWithID(p, f.newCommandID(), c)
}

// SendWithID carries out a command of a participant.
func (f *Fixture) SendWithID(p protocol.Participant, id string, c protocol.Command) rules.Decision {
	return f.Do(f.Session, shared.Command{Sender: f.Sender(p), Request: protocol.Request{ID: id, Command: c}})
}

func (f *Fixture) newCommandID() string { return fmt.Sprintf("command-%d", f.ids) }

// Join makes a user a participant.
func (f *Fixture) Join(user string, role protocol.Role) protocol.Participant {
	f.T.Helper()
	d := f.TryJoin(&protocol.Join{UserID: user, Role: role})
	require.NoError(f.T, d.Err)
	p, present := f.State.People.PresentBy(user)
	require.True(f.T, present)
	return p
}

// TryJoin carries out a join, with the current invite unless the command has another.
func (f *Fixture) TryJoin(c *protocol.Join) rules.Decision {
	if c.InviteToken == "" {
		c.InviteToken = f.InviteToken()
	}
	return f.Do(f.Session, shared.Command{Request: protocol.Request{ID: f.newCommandID(), Command: c}})
}

// SetMode changes the mode of the shared session.
func (f *Fixture) SetMode(m protocol.Mode) {
	f.T.Helper()
	require.NoError(f.T, f.Send(f.Owner(), &protocol.SetMode{Mode: m}).Err)
}

// Prompt sends a prompt of a participant and returns the approval's id.
func (f *Fixture) Prompt(p protocol.Participant) string {
	f.T.Helper()
	require.NoError(f.T, f.Send(p, &protocol.Prompt{Prompt: "do it"}).Err)
	ids := f.Session.Approvals()
	return ids[len(ids)-1]
}

// RunPrompt sends a prompt of the host, on which the agent begins to work, and returns the
// approval's id.
func (f *Fixture) RunPrompt() string {
	f.T.Helper()
	id := f.Prompt(f.Owner())
	f.DeliverAll()
	require.Equal(f.T, id, f.Agent.Turn)
	return id
}

// Approval returns an approval from the journal.
func (f *Fixture) Approval(id string) protocol.Approval { return f.Session.Approval(f.T, id) }

// RequestPermission makes the agent request a permission, with the one option "yes".
func (f *Fixture) RequestPermission(requestID string) {
	f.AgentReports(rules.AgentPermission{
		RequestID: requestID,
		Options:   []byte(`[{"optionId":"yes","kind":"allow_once"}]`),
		Choices:   []rules.AgentOption{{ID: "yes", Kind: "allow_once"}},
	})
	f.DeliverAll()
}

// ErrorCode returns the code of a protocol error; empty for another error, and for nil.
func ErrorCode(err error) protocol.Code {
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// EventTypes returns the types of a decision's events.
func EventTypes(d rules.Decision) []protocol.EventType {
	var types []protocol.EventType
	for _, e := range d.Events {
		types = append(types, e.Public.EventType())
	}
	return types
}

// MessagesOf returns the messages of a type that a decision sends. The type may also be one
// of an effect.
func MessagesOf[M any](d rules.Decision) []M {
	var found []M
	for _, e := range d.Effects {
		var content any = e
		switch e := e.(type) {
		case rules.Send:
			content = e.Message
		case host.Broadcast:
			content = e.Message
		}
		if m, ok := content.(M); ok {
			found = append(found, m)
		}
	}
	return found
}
