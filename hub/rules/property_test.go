package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// play is a random history of a world.
type play struct {
	*rulestest.Network
	t     *rapid.T
	asked int
	sent  []sentCommand
}

type sentCommand struct {
	node *rulestest.Session
	c    shared.Command
}

func TestSessions_keep_their_promises_whatever_happens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := rules.Settings{MaxQueued: 3, MaxPending: 4, MaxOwnPending: 2, MaxParticipants: 4}
		if rapid.Bool().Draw(t, "turn timeout") {
			o.TurnTimeout = time.Minute
		}
		p := &play{Network: rulestest.NewNetwork(t, o, 2), t: t}
		t.Repeat(map[string]func(*rapid.T){
			"":                    p.check,
			"command":             p.command,
			"command ":            p.command, // more often than the rest
			"again":               p.again,
			"deliver":             p.deliverSome,
			"agent":               p.agentActs,
			"wait":                p.wait,
			"crash":               func(*rapid.T) { p.Crash() },
			"crash in the middle": p.crashInTheMiddle,
			"snapshot":            p.snapshot,
			"everything arrives":  func(*rapid.T) { p.DeliverAll() },
		})
		p.settle()
		p.checkEnds()
	})
}

func (p *play) command(t *rapid.T) {
	n := rapid.SampledFrom(p.Network.Shared).Draw(t, "session")
	c := shared.Command{
		Sender:  p.somebody(t, n),
		Request: protocol.Request{ID: fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "id")), Command: p.anyCommand(t, n)},
		JoinAPI: shared.JoinAPI(rapid.IntRange(int(shared.JoinTyped), int(shared.JoinOriginalReturning)).Draw(t, "way to join")),
	}
	p.give(n, c)
}

// give carries a command out and checks that it was allowed to do what it did.
func (p *play) give(n *rulestest.Session, c shared.Command) {
	s := n.SharedState()
	before := len(n.Journal)
	by, known := s.People.Get(c.Sender.ParticipantID)
	mayAct := known && by.LeftAt == nil && c.Sender.Token == n.Settings.Key.Token(rules.ParticipantToken, by.ID, 1)
	role, mode := by.Role, s.Session.Mode
	wasActive := s.Active()
	p.Do(n, c)
	p.sent = append(p.sent, sentCommand{n, c})
	for _, r := range n.Journal[before:] {
		e, err := shared.DecodeEvent(r)
		require.NoError(p.t, err)
		if e.Private.Command == nil {
			continue // it had come due before
		}
		require.True(p.t, wasActive, "%s in a session that has ended", r.Type)
		switch c.Request.Command.(type) {
		case *protocol.Join, *protocol.Resume:
			continue
		}
		require.True(p.t, mayAct, "%s by nobody who is here", r.Type)
		require.True(p.t, allowed(role, mode, c.Request.Command, e), "%s by a %s in %s", r.Type, role, mode)
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
	busy := p.NonEmptyLinks()
	if len(busy) == 0 {
		t.Skip("nothing is on its way")
	}
	p.Deliver(rapid.SampledFrom(busy).Draw(t, "link"))
}

func (p *play) agentActs(t *rapid.T) {
	a := &p.Agent
	switch {
	case a.Launching:
		p.FinishLaunch(rapid.IntRange(0, 3).Draw(t, "starts") > 0)
		return
	case !a.Ready:
		t.Skip("there is no agent")
	}
	switch rapid.IntRange(0, 6).Draw(t, "agent") {
	case 0:
		p.AgentReports(rules.AgentExited{})
	case 1:
		p.asked++
		p.AgentReports(rules.AgentPermission{RequestID: fmt.Sprintf("ask-%d", p.asked), Options: []byte(`[{"optionId":"yes"}]`), Choices: []rules.AgentOption{{ID: "yes"}}})
	case 2:
		p.AgentReports(rules.AgentWithdrawn{RequestID: fmt.Sprintf("ask-%d", p.asked)})
	case 3:
		p.Do(p.Host, host.FactsLearned{Facts: rulestest.DrawFacts(t)})
	default:
		if a.Turn == "" {
			p.AgentReports(rules.Notifications{[]byte(`{"method":"session/update"}`)})
		} else {
			p.AgentReports(rules.AgentTurnEnded{Turn: a.Turn, StopReason: "end_turn"})
		}
	}
}

func (p *play) wait(t *rapid.T) {
	p.Now = p.Now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "seconds")) * time.Second)
	for _, n := range append(slices.Clone(p.Network.Shared), p.Host) {
		if due := n.State.Due(); !due.IsZero() && !due.After(p.Now) {
			p.Do(n, rules.Tick{})
		}
	}
}

// crashInTheMiddle ends the process when some effects of what is decided next
// were carried out and others were not.
func (p *play) crashInTheMiddle(t *rapid.T) {
	p.EffectsLeft = rapid.IntRange(0, 3).Draw(t, "effects")
	if busy := p.NonEmptyLinks(); len(busy) > 0 && rapid.Bool().Draw(t, "message") {
		p.Deliver(busy[0])
	} else {
		p.command(t)
	}
	p.Crash()
}

func (p *play) snapshot(*rapid.T) {
	for _, n := range append(slices.Clone(p.Network.Shared), p.Host) {
		n.SaveSnapshot(p.t)
	}
}

func (p *play) check(*rapid.T) {
	h := p.HostState()
	require.LessOrEqual(p.t, len(h.Queue), p.Host.Settings.MaxQueued)
	if p.Agent.Turn != "" && h.Running != nil {
		require.Equal(p.t, p.Agent.Turn, h.Running.Turn.Approval)
	}
	for _, n := range p.Network.Shared {
		s := n.SharedState()
		require.LessOrEqual(p.t, len(s.InFlight()), p.Host.Settings.MaxQueued)
		if !s.Active() {
			require.Equal(p.t, string(protocol.EventSessionClosed), n.Journal[len(n.Journal)-1].Type, "session_closed is the last event")
		}
	}
}

// settle lets everything come to its end.
func (p *play) settle() {
	p.DeliverAll()
	for p.Agent.Launching || p.Agent.Ending || p.Agent.Turn != "" || len(p.Links) > 0 {
		if p.Agent.Launching {
			p.FinishLaunch(!p.Agent.Ending)
		} else if p.Agent.Ending {
			p.AgentReports(rules.AgentExited{})
		} else if p.Agent.Turn != "" {
			p.AgentReports(rules.AgentTurnEnded{Turn: p.Agent.Turn, StopReason: "end_turn"})
		}
		p.DeliverAll()
	}
}

// checkEnds looks at what became of every prompt.
func (p *play) checkEnds() {
	h := p.HostState()
	require.Nil(p.t, h.Running)
	require.Empty(p.t, h.Queue)
	require.Empty(p.t, h.Ended, "every end is confirmed")
	for _, n := range append(slices.Clone(p.Network.Shared), p.Host) {
		n.Reload(p.t, p.Now)
	}
	for _, n := range p.Network.Shared {
		s := n.SharedState()
		approved, ended := map[string]int{}, map[string]int{}
		for _, r := range n.Journal {
			e, err := shared.DecodeEvent(r)
			require.NoError(p.t, err)
			switch e := e.Public.(type) {
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
		require.Empty(p.t, s.InFlight())
		if s.Active() {
			for _, asked := range s.Permissions {
				require.NotNil(p.t, h.OpenPermission(asked.RequestID), "no question is shown that the agent no longer asks")
			}
			require.Equal(p.t, h.Agent, s.Agent, "everybody knows how the agent is")
			require.Equal(p.t, h.Detail, s.AgentDetail)
			require.Equal(p.t, string(rules.RawJSON(h.Session.Facts)), string(rules.RawJSON(s.Facts)), "everybody knows what is known of the agent")
		}
	}
}
