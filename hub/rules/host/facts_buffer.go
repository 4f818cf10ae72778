package host

import (
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// factsInterval is the minimum time between two events for facts that the agent announces
// unasked. Otherwise an agent that announces facts with every word would fill the journal
// of every shared session.
const factsInterval = time.Second

// FactBuffer holds facts about the agent until they become an event. A crash of the process
// loses them together with the agent. The zero value is an empty buffer. It is for one
// goroutine at a time.
type FactBuffer struct {
	facts   protocol.AgentFacts  // without the usage
	usage   *protocol.AgentUsage // nil for none
	pending bool                 // facts is not empty
	dueAt   time.Time            // when facts become due
}

// Block delays facts until one second from now.
func (g *FactBuffer) Block(now time.Time) { g.dueAt = now.Add(factsInterval) }

// add adds facts. The usage waits for the end of the turn.
func (g *FactBuffer) add(facts protocol.AgentFacts) {
	if facts.Usage != nil {
		g.usage, facts.Usage = facts.Usage, nil
	}
	if _, some := (protocol.AgentFacts{}).Changes(facts); some {
		g.facts.Merge(facts)
		g.pending = true
	}
}

// Due returns when to call TakeDue; zero for never.
func (g *FactBuffer) Due() time.Time {
	if !g.pending {
		return time.Time{}
	}
	return g.dueAt
}

// TakeDue returns and removes the facts that are due.
func (g *FactBuffer) TakeDue(now time.Time) (facts protocol.AgentFacts, some bool) {
	if !g.pending || now.Before(g.dueAt) {
		return facts, false
	}
	facts = g.facts
	*g = FactBuffer{usage: g.usage}
	g.Block(now)
	return facts, true
}

// takeAll returns and removes all facts, including the usage.
func (g *FactBuffer) takeAll() (facts protocol.AgentFacts, some bool) {
	facts, some = g.facts, g.pending || g.usage != nil
	facts.Usage = g.usage
	*g = FactBuffer{dueAt: g.dueAt}
	return facts, some
}

// Combine returns the input that the session decides on in place of body: nil if body only
// adds facts that are not due, body together with the collected facts if shared sessions
// or the end of the turn need them, and body itself otherwise.
func (g *FactBuffer) Combine(body rules.Body, now time.Time) rules.Body {
	switch b := body.(type) {
	case AgentReported:
		switch e := b.Event.(type) {
		case rules.AgentUpdated:
			g.add(e.Facts)
			if facts, some := g.TakeDue(now); some {
				return FactsLearned{facts}
			}
			return nil
		case rules.AgentTurnEnded, rules.AgentConfigured, rules.AgentExited:
		default:
			return body
		}
	case Launched:
		g.dueAt = time.Time{} // many agents announce facts as soon as they are ready
	case LaunchFailed, rules.SharedOpened, rules.Shutdown:
	default:
		return body
	}
	if facts, some := g.takeAll(); some {
		return withFacts{facts, body}
	}
	return body
}
