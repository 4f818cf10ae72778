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

// run is a random history of a network.
type run struct {
	*rulestest.Network
	t        *rapid.T
	requests int           // how many permissions the agent has requested
	sent     []sentCommand // all commands so far
}

// sentCommand is a command together with its receiver.
type sentCommand struct {
	session *rulestest.Session
	command shared.Command
}

func TestSessions_keep_their_invariants_in_any_history(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		settings := rules.Settings{MaxQueued: 3, MaxPending: 4, MaxOwnPending: 2, MaxParticipants: 4}
		if rapid.Bool().Draw(t, "turn timeout") {
			settings.TurnTimeout = time.Minute
		}
		r := &run{Network: rulestest.NewNetwork(t, settings, 2), t: t}
		r.Do(r.Host, host.FactsLearned{Facts: configurableFacts()})
		r.DeliverAll()
		t.Repeat(map[string]func(*rapid.T){
			"":                  r.checkStates,
			"command":           r.sendCommand,
			"command ":          r.sendCommand, // twice, to be more frequent
			"repeated command":  r.repeatCommand,
			"delivery":          r.deliverOne,
			"agent":             r.agentActs,
			"time":              r.advanceTime,
			"crash":             func(*rapid.T) { r.Crash() },
			"crash in a commit": r.crashBetweenEffects,
			"snapshot":          r.saveSnapshots,
			"all deliveries":    func(*rapid.T) { r.DeliverAll() },
		})
		r.finish()
		r.checkEnd()
	})
}

func (r *run) sessions() []*rulestest.Session { return append(slices.Clone(r.Shared), r.Host) }

func (r *run) sendCommand(t *rapid.T) {
	s := rapid.SampledFrom(r.Shared).Draw(t, "session")
	r.send(s, shared.Command{
		Sender:  drawSender(t, s),
		Request: protocol.Request{ID: fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "id")), Command: r.drawCommand(t, s)},
		JoinAPI: shared.JoinAPI(rapid.IntRange(int(shared.JoinTyped), int(shared.JoinOriginalReturning)).Draw(t, "API")),
	})
}

// repeatCommand sends an earlier command again.
func (r *run) repeatCommand(t *rapid.T) {
	if len(r.sent) == 0 {
		t.Skip("no command was sent")
	}
	c := rapid.SampledFrom(r.sent).Draw(t, "sent command")
	r.send(c.session, c.command)
}

// send carries out a command and checks that its sender had the right to what it did.
func (r *run) send(session *rulestest.Session, c shared.Command) {
	s := session.SharedState()
	before := len(session.Journal)
	sender, known := s.People.Get(c.Sender.ParticipantID)
	authentic := known && sender.LeftAt == nil && c.Sender.Token == session.Settings.Key.Token(rules.ParticipantToken, sender.ID, 1)
	mode, active := s.Session.Mode, s.Active()
	r.Do(session, c)
	r.sent = append(r.sent, sentCommand{session, c})
	for _, record := range session.Journal[before:] {
		e, err := shared.DecodeEvent(record)
		require.NoError(r.t, err)
		if e.Private.Command == nil {
			continue // of a tick that was due
		}
		require.True(r.t, active, "%s in a session that has ended", record.Type)
		switch c.Request.Command.(type) {
		case *protocol.Join, *protocol.Resume:
			continue
		}
		require.True(r.t, authentic, "%s by a sender who is not a present participant", record.Type)
		require.True(r.t, allowed(sender.Role, mode, c.Request.Command, e), "%s by a %s in mode %s", record.Type, sender.Role, mode)
	}
}

func (r *run) deliverOne(t *rapid.T) {
	links := r.NonEmptyLinks()
	if len(links) == 0 {
		t.Skip("no message is on its way")
	}
	r.Deliver(rapid.SampledFrom(links).Draw(t, "link"))
}

func (r *run) agentActs(t *rapid.T) {
	a := &r.Agent
	switch {
	case a.Launching:
		r.FinishLaunch(rapid.IntRange(0, 3).Draw(t, "success") > 0)
		return
	case !a.Ready:
		t.Skip("the agent does not run")
	}
	switch rapid.IntRange(0, 12).Draw(t, "message") {
	case 0:
		r.AgentReports(rules.AgentExited{})
	case 1:
		r.requests++
		r.AgentReports(rules.AgentPermission{RequestID: fmt.Sprintf("request-%d", r.requests), Options: []byte(`[{"optionId":"yes"}]`), Choices: []rules.AgentOption{{ID: "yes"}}})
	case 2:
		r.AgentReports(rules.AgentWithdrawn{RequestID: fmt.Sprintf("request-%d", r.requests)})
	case 7, 8:
		r.answerChange(rapid.Bool().Draw(t, "refuses"))
	case 3:
		r.Do(r.Host, host.FactsLearned{Facts: rulestest.DrawFacts(t)})
	case 9:
		r.turnOwnWork(t)
	case 10, 11:
		r.requests++
		mode := rapid.SampledFrom([]protocol.ElicitationMode{protocol.ElicitationModeForm, protocol.ElicitationModeURL}).Draw(t, "mode")
		r.AgentReports(rules.AgentElicitation{Elicitation: protocol.Elicitation{RequestID: fmt.Sprintf("request-%d", r.requests), Mode: mode}})
	case 12:
		r.AgentReports(rules.AgentElicitationCompleted{RequestID: fmt.Sprintf("request-%d", r.requests)})
	default:
		if a.Turn == "" {
			r.AgentReports(rules.Notifications{[]byte(`{"method":"session/update"}`)})
		} else {
			r.AgentReports(rules.AgentTurnEnded{Turn: a.Turn, StopReason: "end_turn"})
		}
	}
}

// turnOwnWork lets the agent begin to work without a prompt, or end that. Agents can
// report either at any time.
func (r *run) turnOwnWork(t *rapid.T) {
	if rapid.Bool().Draw(t, "begins") {
		r.AgentReports(rules.AgentTurnBegan{})
	} else {
		r.AgentReports(rules.AgentTurnEnded{StopReason: "end_turn"})
	}
}

func (r *run) advanceTime(t *rapid.T) {
	r.Now = r.Now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "seconds")) * time.Second)
	for _, s := range r.sessions() {
		if due := s.State.Due(); !due.IsZero() && !due.After(r.Now) {
			r.Do(s, rules.Tick{})
		}
	}
}

// crashBetweenEffects crashes after the commit of a decision, when only some of its effects
// were carried out.
func (r *run) crashBetweenEffects(t *rapid.T) {
	r.EffectsLeft = rapid.IntRange(0, 3).Draw(t, "effects")
	if links := r.NonEmptyLinks(); len(links) > 0 && rapid.Bool().Draw(t, "delivery") {
		r.Deliver(links[0])
	} else {
		r.sendCommand(t)
	}
	r.Crash()
}

func (r *run) saveSnapshots(*rapid.T) {
	for _, s := range r.sessions() {
		s.SaveSnapshot(r.t)
	}
}

// finish delivers all messages and lets every turn and process end.
func (r *run) finish() {
	r.DeliverAll()
	unsettled := func() bool {
		s, a := r.HostState(), &r.Agent
		return a.Launching || a.Ending || a.Turn != "" || len(r.Links) > 0 || len(s.Changes) > 0 || len(s.RefusedModes) > 0 || s.Running != nil
	}
	for a := &r.Agent; unsettled(); r.DeliverAll() {
		switch {
		case a.Launching:
			r.FinishLaunch(!a.Ending)
		case a.Ending:
			r.AgentReports(rules.AgentExited{})
		case a.Turn != "":
			r.AgentReports(rules.AgentTurnEnded{Turn: a.Turn, StopReason: "end_turn"})
		case len(r.HostState().Changes) > 0:
			r.answerChange(false)
		case len(r.HostState().RefusedModes) > 0:
			r.forgetMode()
		default:
			r.AgentReports(rules.AgentTurnEnded{StopReason: "end_turn"})
		}
	}
}
