package factbuffer

import (
	"time"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/protocol"
)

// factsInterval is the minimum time between two events for facts that the agent announces
// unasked. Otherwise an agent that announces facts with every word would fill the journal
// of every shared session.
const factsInterval = time.Second

// Buffer holds facts about the agent until they become an event. A crash of the process
// loses them: together with the agent, or until its connector sends them again. The zero value is an empty buffer. It is for one
// goroutine at a time.
type Buffer struct {
	// WithUsage is set if the usage does not wait for the end of the turn, since the agent
	// outlives a crash. It is set before the first call.
	WithUsage bool

	facts   protocol.AgentFacts  // without the usage
	usage   *protocol.AgentUsage // nil for none
	pending bool                 // facts is not empty
	dueAt   time.Time            // when facts become due
}

// Block delays facts until one second from now.
func (b *Buffer) Block(now time.Time) { b.dueAt = now.Add(factsInterval) }

// add adds facts. The usage waits for the end of the turn.
func (b *Buffer) add(facts protocol.AgentFacts) {
	if facts.Usage != nil && !b.WithUsage {
		b.usage, facts.Usage = facts.Usage, nil
	}
	if _, some := (protocol.AgentFacts{}).Changes(facts); some {
		b.facts.Merge(facts)
		b.pending = true
	}
}

// Due returns when to call TakeDue; zero for never.
func (b *Buffer) Due() time.Time {
	if !b.pending {
		return time.Time{}
	}
	return b.dueAt
}

// TakeDue returns and removes the facts that are due.
func (b *Buffer) TakeDue(now time.Time) (facts protocol.AgentFacts, some bool) {
	if !b.pending || now.Before(b.dueAt) {
		return facts, false
	}
	facts = b.facts
	*b = Buffer{WithUsage: b.WithUsage, usage: b.usage}
	b.Block(now)
	return facts, true
}

// takeAll returns and removes all facts, including the usage.
func (b *Buffer) takeAll() (facts protocol.AgentFacts, some bool) {
	facts, some = b.facts, b.pending || b.usage != nil
	if b.usage != nil {
		facts.Usage = b.usage
	}
	*b = Buffer{WithUsage: b.WithUsage, dueAt: b.dueAt}
	return facts, some
}

// Combine returns the input that the session decides on in place of body: nil if body only
// adds facts that are not due, body together with the collected facts if shared sessions
// or the end of the turn need them, and body itself otherwise.
func (b *Buffer) Combine(body rules.Body, now time.Time) rules.Body {
	switch m := body.(type) {
	case host.AgentReported:
		switch e := m.Event.(type) {
		case rules.AgentUpdated:
			b.add(e.Facts)
			if facts, some := b.TakeDue(now); some {
				return host.FactsLearned{Facts: facts}
			}
			return nil
		case rules.AgentTurnEnded, rules.AgentConfigured, rules.AgentExited:
		default:
			return body
		}
	case host.Launched:
		b.dueAt = time.Time{} // many agents announce facts as soon as they are ready
	case host.LaunchFailed, rules.SharedOpened, rules.Shutdown:
	default:
		return body
	}
	if facts, some := b.takeAll(); some {
		return host.WithFacts{Facts: facts, Body: body}
	}
	return body
}
