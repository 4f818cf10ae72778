package join

import (
	"strings"
	"time"

	"parley/protocol"
)

// status shows how the agent is. What a start waits for, and how long an agent is
// silent in a turn, is told beside it; that it runs on after a silence is not
// called idle, which it is not.
func (s *screen) status(at time.Time, p *protocol.AgentStatusChanged) {
	was := s.silent
	s.silent = p.SilentSince != nil
	switch {
	case s.silent:
		silence := max(time.Second, at.Sub(*p.SilentSince).Round(time.Second))
		s.line(alert, "* the agent has said nothing for %v, since %s; /cancel stops the turn, /stop-agent ends the agent",
			silence, p.SilentSince.Local().Format(time.TimeOnly))
	case was && p.Status == protocol.AgentIdle:
		s.line(dim, "* the agent says something again")
	default:
		s.line(dim, "* the agent is %s%s", oneLine(string(p.Status)), because(&p.Detail))
	}
	if p.StderrTail != nil && strings.TrimSpace(*p.StderrTail) != "" {
		s.line(dim, "%s", block(*p.StderrTail))
	}
}

// continued shows whether an agent that was started again remembers.
func (s *screen) continued(p *protocol.AgentSession) {
	if p.Continued == protocol.ContinuedNew {
		s.line(alert, "* the agent was started anew and does not remember what was said before%s", because(&p.Reason))
		return
	}
	s.line(dim, "* the agent was started again and goes on with its session")
}
