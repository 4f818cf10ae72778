package hub

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// stage is one shared session on its host session, for tests that look at one
// decision.
type stage struct {
	*world
	t     *testing.T
	n     *node
	state *sharedState
}

func newStage(t *testing.T, o settings) *stage {
	w := newWorld(t, o, 1)
	return &stage{world: w, t: t, n: w.shared[0], state: w.shared[0].sharedState()}
}

func (s *stage) owner() protocol.Participant { return s.state.host() }

func (s *stage) credentials(p protocol.Participant) sender {
	return sender{ParticipantID: p.ID, Token: s.n.settings.Key.token(participantToken, p.ID, 1)}
}

func (s *stage) inviteToken() string {
	return s.n.settings.Key.token(inviteToken, s.n.id.String(), s.state.Invite)
}

// by decides on a command of a participant under a fresh id.
func (s *stage) by(p protocol.Participant, c protocol.Command) decision {
	return s.byID(p, fmt.Sprintf("command-%d", s.ids), c)
}

func (s *stage) byID(p protocol.Participant, id string, c protocol.Command) decision {
	return s.do(s.n, command{who: s.credentials(p), request: protocol.Request{ID: id, Command: c}})
}

// joins makes a user a participant.
func (s *stage) joins(user string, role protocol.Role) protocol.Participant {
	s.t.Helper()
	d := s.tryJoin(&protocol.Join{UserID: user, Role: role})
	require.NoError(s.t, d.err)
	p, here := s.state.People.present(user)
	require.True(s.t, here)
	return p
}

func (s *stage) tryJoin(c *protocol.Join) decision {
	if c.InviteToken == "" {
		c.InviteToken = s.inviteToken()
	}
	return s.do(s.n, command{request: protocol.Request{ID: fmt.Sprintf("command-%d", s.ids), Command: c}})
}

func (s *stage) mode(m protocol.Mode) {
	s.t.Helper()
	require.NoError(s.t, s.by(s.owner(), &protocol.SetMode{Mode: m}).err)
}

// prompts makes somebody prompt and returns the approval's id.
func (s *stage) prompts(p protocol.Participant) string {
	s.t.Helper()
	require.NoError(s.t, s.by(p, &protocol.Prompt{Prompt: "do it"}).err)
	all := s.n.approvals()
	return all[len(all)-1]
}

// approval is how the journal has a prompt.
func (s *stage) approval(id string) protocol.Approval { return s.n.approval(s.t, id) }

// runs makes the host prompt, so that the agent is busy.
func (s *stage) runs() string {
	s.t.Helper()
	id := s.prompts(s.owner())
	s.deliverAll()
	require.Equal(s.t, id, s.agent.turn)
	return id
}

// asks makes the agent ask for a permission, which can be given.
func (s *stage) asks(requestID string) {
	s.agentSays(AgentPermission{
		RequestID: requestID,
		Options:   []byte(`[{"optionId":"yes","kind":"allow_once"}]`),
		Choices:   []AgentOption{{"yes", "allow_once"}},
	})
	s.deliverAll()
}

func codeOf(err error) protocol.Code {
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func types(d decision) []protocol.EventType {
	var all []protocol.EventType
	for _, e := range d.events {
		all = append(all, e.public.EventType())
	}
	return all
}

// told returns the messages of a type among a decision's effects.
func told[M any](d decision) []M {
	var all []M
	for _, e := range d.effects {
		message := e
		switch e := e.(type) {
		case tell:
			message = e.message
		case tellOpen:
			message = e.message
		}
		if m, ok := message.(M); ok {
			all = append(all, m)
		}
	}
	return all
}
