package rulestest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Network is a host session and its shared sessions, as pure states that are connected by
// messages. A test decides when a message arrives. A crash loses the messages that have
// not arrived. A Network is for one goroutine.
type Network struct {
	// immutable
	T      require.TestingT
	Host   *Session
	Shared []*Session

	// changed by the test and by the methods
	Now         time.Time                // the time of the next decision
	Links       map[Link][]rules.Message // messages on their way, in order; a link without messages has no entry
	Agent       Agent
	EffectsLeft int // how many effects are carried out before all others are lost; -1 for no limit

	ids int // of decisions so far, for the ids of inputs
}

// Link is a connection from one session to another.
type Link struct{ From, To journal.SessionID }

// NewSettings returns the settings with their defaults and a key.
func NewSettings(s rules.Settings) *rules.Settings {
	s.Key = rules.Key{7}
	return new(s.WithDefaults())
}

// NewNetwork returns a host session, whose agent is ready, and a number of shared sessions
// on it, whose host is the user ada. They are in the mode prompt_with_approval.
func NewNetwork(t require.TestingT, s rules.Settings, sharedSessions int) *Network {
	n := &Network{
		T:           t,
		Now:         time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Links:       map[Link][]rules.Message{},
		Agent:       Agent{Prompts: map[string]int{}, Texts: map[string]string{}, Attributions: map[string]string{}, Recaps: map[string]string{}},
		EffectsLeft: -1,
	}
	settings := NewSettings(s)
	n.Host = NewSession(journal.SessionID{1}, journal.KindHost, settings)
	n.Do(n.Host, host.Create{Body: &protocol.CreateHostSession{Agent: "demo", WorkspaceID: "w", Permissions: protocol.PermissionsAsk}})
	n.FinishLaunch(true)
	for i := range sharedSessions {
		session := NewSession(journal.SessionID{1, byte(i + 1)}, journal.KindShared, settings)
		n.Shared = append(n.Shared, session)
		n.Do(session, shared.Create{
			Body:      &protocol.CreateSharedSession{HostSessionID: n.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval},
			CommandID: "create", Workspace: "w", Agent: protocol.AgentIdle,
		})
	}
	n.DeliverAll()
	return n
}

// HostState returns the state of the host session.
func (n *Network) HostState() *host.State { return n.Host.State.(*host.State) }

// Do decides on an input of a session, commits the events, and carries out the effects. A
// tick that is due is decided on first.
func (n *Network) Do(s *Session, body rules.Body) rules.Decision {
	return n.DoFrom(s, rules.Origin{}, body)
}

// DoFrom is [Network.Do] for an input that follows from a message that a connector has
// carried.
func (n *Network) DoFrom(s *Session, at rules.Origin, body rules.Body) rules.Decision {
	if _, isTick := body.(rules.Tick); !isTick {
		if due := s.State.Due(); !due.IsZero() && !due.After(n.Now) {
			n.Do(s, rules.Tick{})
		}
	}
	if closed, ok := body.(rules.SharedClosed); ok { // the runtime adds this
		closed.Last = !slices.ContainsFunc(n.Shared, func(s *Session) bool { return s.SharedState().Active() })
		body = closed
	}
	d := n.decide(s, at, body)
	requireConsistent(n.T, d)
	if d = s.CompleteAnswer(d); d.Err != nil {
		return d
	}
	for _, e := range d.Events {
		if e.Private.Origin.IsZero() { // the runtime does this
			e.Private.Origin = at
		}
		s.Append(n.T, e, n.Now)
	}
	for _, e := range d.Effects {
		if n.EffectsLeft == 0 {
			return d
		}
		n.EffectsLeft = max(n.EffectsLeft-1, -1)
		n.perform(s, e)
	}
	return d
}

// decide decides on an input, and looks absent participants up as the runtime does. It
// checks that the state does not change.
func (n *Network) decide(s *Session, at rules.Origin, body rules.Body) rules.Decision {
	before := s.EncodedState(n.T)
	n.ids++
	in := rules.Input{At: n.Now, Now: n.Now, IDs: [2]string{fmt.Sprintf("id-%d", n.ids), fmt.Sprintf("other-%d", n.ids)}, Origin: at, Body: body}
	d := s.State.Decide(in)
	for absent, ok := d.Err.(*shared.AbsentError); ok; absent, ok = d.Err.(*shared.AbsentError) {
		in.Body = shared.WithDeparted(in.Body, absent.ID, s.Participant(n.T, absent.ID))
		d = s.State.Decide(in)
	}
	require.Equal(n.T, before, s.EncodedState(n.T), "a decision does not change the state")
	return d
}

// requireConsistent checks what the comment of [rules.Decision] promises.
func requireConsistent(t require.TestingT, d rules.Decision) {
	answers, primary := 0, 0
	for _, set := range []bool{d.Answer != nil, d.Replay != 0, d.Hold != ""} {
		if set {
			answers++
		}
	}
	for _, e := range d.Events {
		if e.Primary {
			primary++
		}
	}
	require.LessOrEqual(t, answers, 1, "a decision has one answer")
	require.LessOrEqual(t, primary, 1, "a decision has one primary event")
	if d.Err != nil {
		require.Equal(t, rules.Decision{Err: d.Err}, d, "an error excludes everything else")
	}
}

// perform carries out an effect. Effects on connections do nothing.
func (n *Network) perform(s *Session, e rules.Effect) {
	switch e := e.(type) {
	case rules.Send:
		n.send(Link{s.ID, e.To}, e.Message)
	case host.Broadcast:
		for _, to := range n.Shared {
			if to.SharedState().Active() {
				n.send(Link{s.ID, to.ID}, e.Message)
			}
		}
	default:
		n.Agent.perform(n.T, e)
	}
}

func (n *Network) send(l Link, message rules.Message) {
	n.Links[l] = append(n.Links[l], message)
}

// Deliver delivers the oldest message of a link, which must have one.
func (n *Network) Deliver(l Link) {
	message := n.Links[l][0]
	if n.Links[l] = n.Links[l][1:]; len(n.Links[l]) == 0 {
		delete(n.Links, l)
	}
	n.Do(n.session(l.To), message)
}

// DeliverAll delivers all messages, and those that they lead to.
func (n *Network) DeliverAll() {
	for links := n.NonEmptyLinks(); len(links) > 0; links = n.NonEmptyLinks() {
		n.Deliver(links[0])
	}
}

// NonEmptyLinks returns the links that have messages, in a fixed order.
func (n *Network) NonEmptyLinks() []Link {
	var links []Link
	for _, s := range n.Shared {
		for _, l := range []Link{{s.ID, n.Host.ID}, {n.Host.ID, s.ID}} {
			if len(n.Links[l]) > 0 {
				links = append(links, l)
			}
		}
	}
	return links
}

func (n *Network) session(id journal.SessionID) *Session {
	for _, s := range n.Shared {
		if s.ID == id {
			return s
		}
	}
	return n.Host
}

// Crash loses all messages on their way and the agent, and then loads every session again.
func (n *Network) Crash() {
	n.Links = map[Link][]rules.Message{}
	n.Agent = Agent{Prompts: n.Agent.Prompts, Texts: n.Agent.Texts, Attributions: n.Agent.Attributions, Recaps: n.Agent.Recaps, Changes: n.Agent.Changes}
	n.EffectsLeft = -1
	var open []journal.SessionID
	for _, s := range n.Shared {
		s.Reload(n.T, n.Now)
		if s.SharedState().Active() {
			open = append(open, s.ID)
		}
	}
	n.Host.Reload(n.T, n.Now)
	n.Do(n.Host, rules.Loaded{OpenShared: open})
	for _, s := range n.Shared {
		n.Do(s, rules.Loaded{})
	}
}
