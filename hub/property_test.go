package hub

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/protocol"
)

// play is a random history of a world.
type play struct {
	*world
	t     *rapid.T
	asked int
	sent  []sentCommand
}

type sentCommand struct {
	node *node
	c    command
}

func TestSessions_keep_their_promises_whatever_happens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := settings{MaxQueued: 3, MaxPending: 4, MaxOwnPending: 2, MaxParticipants: 4}
		if rapid.Bool().Draw(t, "turn timeout") {
			o.TurnTimeout = time.Minute
		}
		p := &play{world: newWorld(t, o, 2), t: t}
		t.Repeat(map[string]func(*rapid.T){
			"":                    p.check,
			"command":             p.command,
			"command ":            p.command, // more often than the rest
			"again":               p.again,
			"deliver":             p.deliverSome,
			"agent":               p.agentActs,
			"wait":                p.wait,
			"crash":               func(*rapid.T) { p.crash() },
			"crash in the middle": p.crashInTheMiddle,
			"snapshot":            p.snapshot,
			"everything arrives":  func(*rapid.T) { p.deliverAll() },
		})
		p.settle()
		p.checkEnds()
	})
}

func (p *play) command(t *rapid.T) {
	n := rapid.SampledFrom(p.world.shared).Draw(t, "session")
	c := command{
		who:     p.somebody(t, n),
		request: protocol.Request{ID: fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "id")), Command: p.anyCommand(t, n)},
		way:     joinWay(rapid.IntRange(int(joinTyped), int(joinAgain)).Draw(t, "way to join")),
	}
	p.give(n, c)
}

// give carries a command out and checks that it was allowed to do what it did.
func (p *play) give(n *node, c command) {
	s := n.sharedState()
	before := len(n.log)
	by, known := s.People.get(c.who.ParticipantID)
	mayAct := known && by.LeftAt == nil && c.who.Token == n.settings.Key.token(participantToken, by.ID, 1)
	role, mode := by.Role, s.Session.Mode
	wasActive := s.active()
	p.do(n, c)
	p.sent = append(p.sent, sentCommand{n, c})
	for _, r := range n.log[before:] {
		e, err := decodeShared(r)
		require.NoError(p.t, err)
		if e.private.Command == nil {
			continue // it had come due before
		}
		require.True(p.t, wasActive, "%s in a session that has ended", r.Type)
		switch c.request.Command.(type) {
		case *protocol.Join, *protocol.Resume:
			continue
		}
		require.True(p.t, mayAct, "%s by nobody who is here", r.Type)
		require.True(p.t, allowed(role, mode, c.request.Command, e), "%s by a %s in %s", r.Type, role, mode)
	}
}

// again sends a command a second time: nothing happens but for what had not
// happened.
func (p *play) again(t *rapid.T) {
	if len(p.sent) == 0 {
		t.Skip("nothing was sent")
	}
	s := rapid.SampledFrom(p.sent).Draw(t, "sent before")
	p.give(s.node, s.c)
}

func (p *play) deliverSome(t *rapid.T) {
	busy := p.busyLinks()
	if len(busy) == 0 {
		t.Skip("nothing is on its way")
	}
	p.deliver(rapid.SampledFrom(busy).Draw(t, "link"))
}

func (p *play) agentActs(t *rapid.T) {
	a := &p.agent
	switch {
	case a.launching:
		p.launched(rapid.IntRange(0, 3).Draw(t, "starts") > 0)
		return
	case !a.up:
		t.Skip("there is no agent")
	}
	switch rapid.IntRange(0, 6).Draw(t, "agent") {
	case 0:
		p.agentSays(AgentExited{})
	case 1:
		p.asked++
		p.agentSays(AgentPermission{RequestID: fmt.Sprintf("ask-%d", p.asked), Options: []byte(`[{"optionId":"yes"}]`), Choices: []AgentOption{{ID: "yes"}}})
	case 2:
		p.agentSays(AgentWithdrawn{fmt.Sprintf("ask-%d", p.asked)})
	case 3:
		p.do(p.host, learned{someFacts(t)})
	default:
		if a.turn == "" {
			p.agentSays(notifications{[]byte(`{"method":"session/update"}`)})
		} else {
			p.agentSays(AgentTurnEnded{Turn: a.turn, StopReason: "end_turn"})
		}
	}
}

func (p *play) wait(t *rapid.T) {
	p.now = p.now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "seconds")) * time.Second)
	for _, n := range append(slices.Clone(p.world.shared), p.host) {
		if due := n.state.due(); !due.IsZero() && !due.After(p.now) {
			p.do(n, tick{})
		}
	}
}

// crashInTheMiddle ends the process when some effects of what is decided next
// were carried out and others were not.
func (p *play) crashInTheMiddle(t *rapid.T) {
	p.budget = rapid.IntRange(0, 3).Draw(t, "effects")
	if busy := p.busyLinks(); len(busy) > 0 && rapid.Bool().Draw(t, "message") {
		p.deliver(busy[0])
	} else {
		p.command(t)
	}
	p.crash()
}

func (p *play) snapshot(*rapid.T) {
	for _, n := range append(slices.Clone(p.world.shared), p.host) {
		n.save(p.t)
	}
}

func (p *play) check(*rapid.T) {
	h := p.hostState()
	require.LessOrEqual(p.t, len(h.Queue), p.host.settings.MaxQueued)
	if p.agent.turn != "" && h.Running != nil {
		require.Equal(p.t, p.agent.turn, h.Running.Turn.Approval)
	}
	for _, n := range p.world.shared {
		s := n.sharedState()
		require.LessOrEqual(p.t, len(s.inFlight()), p.host.settings.MaxQueued)
		if !s.active() {
			require.Equal(p.t, string(protocol.EventSessionClosed), n.log[len(n.log)-1].Type, "session_closed is the last event")
		}
	}
}

// settle lets everything come to its end.
func (p *play) settle() {
	p.deliverAll()
	for p.agent.launching || p.agent.ending || p.agent.turn != "" || len(p.links) > 0 {
		if p.agent.launching {
			p.launched(!p.agent.ending)
		} else if p.agent.ending {
			p.agentSays(AgentExited{})
		} else if p.agent.turn != "" {
			p.agentSays(AgentTurnEnded{Turn: p.agent.turn, StopReason: "end_turn"})
		}
		p.deliverAll()
	}
}

// checkEnds looks at what became of every prompt.
func (p *play) checkEnds() {
	h := p.hostState()
	require.Nil(p.t, h.Running)
	require.Empty(p.t, h.Queue)
	require.Empty(p.t, h.Ended, "every end is confirmed")
	for _, n := range append(slices.Clone(p.world.shared), p.host) {
		n.reload(p.t, p.now)
	}
	for _, n := range p.world.shared {
		s := n.sharedState()
		approved, ended := map[string]int{}, map[string]int{}
		for _, r := range n.log {
			e, err := decodeShared(r)
			require.NoError(p.t, err)
			switch e := e.public.(type) {
			case *protocol.PromptApproved:
				approved[e.Approval.ID]++
			case *protocol.PromptDispatchCompleted:
				ended[e.ApprovalID]++
			case *protocol.PromptDispatchFailed:
				ended[e.ApprovalID]++
			}
		}
		for id, n := range approved {
			require.Equal(p.t, 1, n, "approved once")
			require.Equal(p.t, 1, ended[id], "an approved prompt ends once")
		}
		require.Empty(p.t, s.inFlight())
		if s.active() {
			for _, asked := range s.Permissions {
				require.NotNil(p.t, h.asked(asked.RequestID), "no question is shown that the agent no longer asks")
			}
			require.Equal(p.t, h.Agent, s.Agent, "everybody knows how the agent is")
			require.Equal(p.t, h.Detail, s.AgentDetail)
			require.Equal(p.t, string(rawJSON(h.Session.Facts)), string(rawJSON(s.Facts)), "everybody knows what is known of the agent")
		}
	}
}
