package hub

import (
	"time"

	"parley/protocol"
)

// factsInterval is the least time between two events for facts that the agent
// announces by itself. An agent that announces facts with every word would fill the
// journal of every shared session.
const factsInterval = time.Second

// gatheredFacts holds facts about the agent until they become an event. A crash of
// the process loses them together with the agent. The zero value is ready.
type gatheredFacts struct {
	facts   protocol.AgentFacts // without the usage
	usage   *protocol.AgentUsage
	some    bool      // facts is not empty
	blocked time.Time // facts wait until then
}

// block has facts wait for factsInterval from now.
func (g *gatheredFacts) block(now time.Time) { g.blocked = now.Add(factsInterval) }

// add adds facts. The usage waits for the end of the turn.
func (g *gatheredFacts) add(facts protocol.AgentFacts) {
	if facts.Usage != nil {
		g.usage, facts.Usage = facts.Usage, nil
	}
	if _, some := (protocol.AgentFacts{}).Changes(facts); some {
		g.facts.Merge(facts)
		g.some = true
	}
}

// due returns when to call takeDue; zero for never.
func (g *gatheredFacts) due() time.Time {
	if !g.some {
		return time.Time{}
	}
	return g.blocked
}

// takeDue returns and removes the facts that are due.
func (g *gatheredFacts) takeDue(now time.Time) (facts protocol.AgentFacts, some bool) {
	if !g.some || now.Before(g.blocked) {
		return facts, false
	}
	facts = g.facts
	*g = gatheredFacts{usage: g.usage}
	g.block(now)
	return facts, true
}

// takeAll returns and removes all facts, including the usage.
func (g *gatheredFacts) takeAll() (facts protocol.AgentFacts, some bool) {
	facts, some = g.facts, g.some || g.usage != nil
	facts.Usage = g.usage
	*g = gatheredFacts{blocked: g.blocked}
	return facts, some
}

// join returns what the session decides on instead of an input: nil if the input
// only adds facts, the input together with the facts gathered so far if others rely
// on them then, and otherwise the input itself.
func (g *gatheredFacts) join(body any, now time.Time) any {
	switch b := body.(type) {
	case agentSays:
		switch e := b.event.(type) {
		case AgentUpdated:
			g.add(e.Facts)
			if facts, some := g.takeDue(now); some {
				return learned{facts}
			}
			return nil
		case AgentTurnEnded, AgentExited:
		default:
			return body
		}
	case launched:
		g.blocked = time.Time{} // many agents announce more as soon as they are ready
	case launchFailed, sharedOpened, shutdown:
	default:
		return body
	}
	if facts, some := g.takeAll(); some {
		return learnedBefore{facts, body}
	}
	return body
}
