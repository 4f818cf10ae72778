package hub

import (
	"time"

	"parley/protocol"
)

// factsInterval is the least time between two changes of an agent's facts that
// come by themselves. An agent that announces something with every word would
// fill the journal of every shared session.
const factsInterval = time.Second

// gatheredFacts is what an agent has said of itself and its session has not
// taken yet. It belongs to the actor's goroutine. What is in it when the process
// crashes is lost together with the agent that said it.
type gatheredFacts struct {
	facts   protocol.AgentFacts // without the usage
	usage   *protocol.AgentUsage
	some    bool      // there are facts
	blocked time.Time // until then facts wait for others
}

// add takes what is new. The usage waits for the end of the turn.
func (g *gatheredFacts) add(facts protocol.AgentFacts) {
	if facts.Usage != nil {
		g.usage, facts.Usage = facts.Usage, nil
	}
	if _, some := (protocol.AgentFacts{}).Changes(facts); some {
		g.facts.Merge(facts)
		g.some = true
	}
}

// due is when there is something to take; zero for never.
func (g *gatheredFacts) due() time.Time {
	if !g.some {
		return time.Time{}
	}
	return g.blocked
}

// takeDue returns what is due.
func (g *gatheredFacts) takeDue(now time.Time) (facts protocol.AgentFacts, some bool) {
	if !g.some || now.Before(g.blocked) {
		return facts, false
	}
	facts = g.facts
	*g = gatheredFacts{usage: g.usage, blocked: now.Add(factsInterval)}
	return facts, true
}

// takeAll returns everything, the usage too.
func (g *gatheredFacts) takeAll() (facts protocol.AgentFacts, some bool) {
	facts, some = g.facts, g.some || g.usage != nil
	facts.Usage = g.usage
	*g = gatheredFacts{blocked: g.blocked}
	return facts, some
}

// join returns what to decide on in the place of an input: nil when the input is
// gathered, and else the input, together with what was gathered where the input
// is one that others rely on.
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
		g.blocked = time.Time{} // many announce something more as soon as they are ready
	case launchFailed, sharedOpened, shutdown:
	default:
		return body
	}
	if facts, some := g.takeAll(); some {
		return learnedBefore{facts, body}
	}
	return body
}
