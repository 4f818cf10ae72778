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

// Stage is one shared session on its host session, for tests that look at one
// decision.
type Stage struct {
	*World
	T     *testing.T
	Node  *Node
	State *shared.State
}

func NewStage(t *testing.T, o rules.Settings) *Stage {
	w := NewWorld(t, o, 1)
	return &Stage{World: w, T: t, Node: w.Shared[0], State: w.Shared[0].SharedState()}
}

func (s *Stage) Owner() protocol.Participant { return s.State.Host() }

func (s *Stage) Credentials(p protocol.Participant) shared.Sender {
	return shared.Sender{ParticipantID: p.ID, Token: s.Node.Settings.Key.Token(rules.ParticipantToken, p.ID, 1)}
}

func (s *Stage) InviteToken() string {
	return s.Node.Settings.Key.Token(rules.InviteToken, s.Node.ID.String(), s.State.Invite)
}

// By decides on a command of a participant under a fresh id.
func (s *Stage) By(p protocol.Participant, c protocol.Command) rules.Decision {
	return s.ByID(p, fmt.Sprintf("command-%d", s.ids), c)
}

func (s *Stage) ByID(p protocol.Participant, id string, c protocol.Command) rules.Decision {
	return s.Do(s.Node, shared.Command{Who: s.Credentials(p), Request: protocol.Request{ID: id, Command: c}})
}

// Joins makes a user a participant.
func (s *Stage) Joins(user string, role protocol.Role) protocol.Participant {
	s.T.Helper()
	d := s.TryJoin(&protocol.Join{UserID: user, Role: role})
	require.NoError(s.T, d.Err)
	p, here := s.State.People.Present(user)
	require.True(s.T, here)
	return p
}

func (s *Stage) TryJoin(c *protocol.Join) rules.Decision {
	if c.InviteToken == "" {
		c.InviteToken = s.InviteToken()
	}
	return s.Do(s.Node, shared.Command{Request: protocol.Request{ID: fmt.Sprintf("command-%d", s.ids), Command: c}})
}

func (s *Stage) Mode(m protocol.Mode) {
	s.T.Helper()
	require.NoError(s.T, s.By(s.Owner(), &protocol.SetMode{Mode: m}).Err)
}

// Prompts makes somebody prompt and returns the approval's id.
func (s *Stage) Prompts(p protocol.Participant) string {
	s.T.Helper()
	require.NoError(s.T, s.By(p, &protocol.Prompt{Prompt: "do it"}).Err)
	all := s.Node.Approvals()
	return all[len(all)-1]
}

// Approval is how the journal has a prompt.
func (s *Stage) Approval(id string) protocol.Approval { return s.Node.approval(s.T, id) }

// Runs makes the host prompt, so that the agent is busy.
func (s *Stage) Runs() string {
	s.T.Helper()
	id := s.Prompts(s.Owner())
	s.DeliverAll()
	require.Equal(s.T, id, s.Agent.Turn)
	return id
}

// Asks makes the agent ask for a permission, which can be given.
func (s *Stage) Asks(requestID string) {
	s.AgentSays(rules.AgentPermission{
		RequestID: requestID,
		Options:   []byte(`[{"optionId":"yes","kind":"allow_once"}]`),
		Choices:   []rules.AgentOption{{ID: "yes", Kind: "allow_once"}},
	})
	s.DeliverAll()
}

func CodeOf(err error) protocol.Code {
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func Types(d rules.Decision) []protocol.EventType {
	var all []protocol.EventType
	for _, e := range d.Events {
		all = append(all, e.Public.EventType())
	}
	return all
}

// Told returns the messages of a type among a decision's effects.
func Told[M any](d rules.Decision) []M {
	var all []M
	for _, e := range d.Effects {
		message := e
		switch e := e.(type) {
		case rules.Tell:
			message = e.Message
		case host.TellOpen:
			message = e.Message
		}
		if m, ok := message.(M); ok {
			all = append(all, m)
		}
	}
	return all
}
