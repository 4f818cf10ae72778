package host

import (
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// An agent that nobody uses is put to sleep after the time-out of its profile: its process
// ends, although shared sessions are open, and the next prompt starts it again. An agent
// that would forget the conversation stays awake.

// sleepDeadline returns when to put the agent to sleep unless it is used; zero for never.
func (s *State) sleepDeadline() time.Time {
	used := s.Running != nil || len(s.Queue) > 0 || len(s.Changes) > 0 || len(s.Questions) > 0 || len(s.Session.Facts.Background) > 0
	forgets := s.HadTurn && !s.CanLoad
	if s.IdleTimeout <= 0 || s.UsedAt.IsZero() || !s.up() || used || forgets {
		return time.Time{}
	}
	return s.UsedAt.Deadline(s.IdleTimeout)
}

// sleep puts an agent to sleep that is past its deadline.
func (s *State) sleep(d rules.Decision, now time.Time) rules.Decision {
	if at := s.sleepDeadline(); at.IsZero() || now.Before(at) || len(d.Events) > 0 {
		return d
	}
	ending := newAgentStatus(protocol.AgentEnding)
	ending.Asleep = true
	d.Events = append(d.Events, rules.Event{Public: ending})
	return d.With(Broadcast{rules.AgentChanged{Status: ending.AgentStatusChanged}}, EndAgent{})
}
