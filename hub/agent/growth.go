package agent

import (
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"parley/hub/rules"
)

// What an agent sends becomes events, which the journal keeps and every client receives. So
// each event has a cost in bytes, and an agent that has spent what it may spend is not read
// for a while: it blocks when it writes. Nothing is lost. The cost of a kind of event grows
// with the work that it makes for people, so that the rate also bounds how many there are.
const (
	// lineCost is the cost of every line, also of one that becomes no event. It is about
	// what an event takes in the journal besides its text.
	lineCost = 256
	// stateCost is the cost of an update that replaces the one before it, such as a plan.
	stateCost = 64 << 10
	// questionCost is the cost of a permission request or an elicitation.
	questionCost = 64 << 10
	// turnCost is the cost of a turn that the agent begins by itself.
	turnCost = 256 << 10
)

// burst is how many seconds of its rate an agent may spend at once.
const burst = 128

// stateUpdates are the kinds of updates that replace the one before them. Updates of the
// usage are not among them, since some agents send one for every few words.
var stateUpdates = map[string]bool{
	"plan": true, "plan_update": true, "available_commands_update": true, "current_mode_update": true,
	"config_option_update": true, "session_info_update": true, "state_update": true,
}

// growth bounds how fast an agent adds to its rooms. It is safe for concurrent use.
type growth struct{ limiter *rate.Limiter } // of bytes

// newGrowth returns the bound of an agent that may add some bytes per second on average; 0 or
// less for no bound.
func newGrowth(perSecond int) growth {
	if perSecond <= 0 {
		return growth{rate.NewLimiter(rate.Inf, 0)}
	}
	return growth{rate.NewLimiter(rate.Limit(perSecond), burst*perSecond)}
}

// add spends bytes, of which more than an agent may spend at once count as that.
func (g growth) add(bytes int) {
	if g.limiter.Limit() != rate.Inf {
		g.limiter.ReserveN(time.Now(), min(bytes, g.limiter.Burst()))
	}
}

// addUpdate spends the cost of a notification. changesFacts says that it also becomes an
// event with facts about the agent.
func (g growth) addUpdate(kind string, bytes int, changesFacts bool) {
	cost := bytes
	if changesFacts {
		cost += bytes
	}
	if stateUpdates[kind] {
		cost = max(cost, stateCost)
	}
	g.add(cost)
}

// addEvent spends the cost of an event that is no notification. A question is stored for the
// host session and for the shared session. What people or the server cause costs nothing.
func (g growth) addEvent(e rules.AgentEvent) {
	switch e := e.(type) {
	case rules.AgentPermission:
		g.add(questionCost + 2*(len(e.ToolCall)+len(e.Options)+len(e.Title)+len(e.Description)))
	case rules.AgentElicitation:
		g.add(questionCost + 2*(len(e.URL)+len(rules.RawJSON(e.Elicitation))))
	case rules.AgentElicitationRefused:
		g.add(questionCost)
	case rules.AgentTurnBegan:
		g.add(turnCost)
	}
}

// delay returns how long the agent is not read.
func (g growth) delay() time.Duration {
	missing := -g.limiter.Tokens()
	if g.limiter.Limit() == rate.Inf || missing <= 0 {
		return 0
	}
	return time.Duration(missing / float64(g.limiter.Limit()) * float64(time.Second))
}

// reportDelay is how long an agent is delayed, all in all, before people are told.
const reportDelay = time.Second

// pause waits until the agent may add to its rooms again, or is gone. People are told once
// between two prompts.
func (s *session) pause() {
	delay := s.growth.delay()
	if delay == 0 {
		return
	}
	if s.delayed.Add(int64(delay)) >= int64(reportDelay) && s.slowReported.CompareAndSwap(false, true) {
		s.log.Warn("the agent writes more than it may, and is slowed down", zap.Float64("bytesPerSecond", float64(s.growth.limiter.Limit())))
		s.emit(rules.AgentSlowed{})
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.peer.Gone():
	}
}
