package agent

import (
	"sync/atomic"

	"parley/hub/agent/peer"
	"parley/hub/rules"
)

// A connector carries the lines of an agent on another machine, and keeps each until what
// follows from it is durable. So every event that follows from such a line tells where it
// comes from, and reports when it is durable. The numbering of the events of one line
// depends on nothing but the line and what the session remembers of the lines before it.

// framedLine is a line that is being handled. The zero value is a line that no connector carries.
type framedLine struct {
	next *rules.Origin // of the next event
	open *atomic.Int64 // how many events are not durable, plus one while the line is handled
	done func()
}

// nextLine returns the line that was read last, or the exit of the agent.
func (s *session) nextLine() framedLine {
	framed, ok := s.peer.(peer.Framed)
	if !ok {
		return framedLine{}
	}
	number, done := framed.NextFrame()
	if number == 0 {
		return framedLine{}
	}
	l := framedLine{&rules.Origin{Run: s.run, Frame: number}, new(atomic.Int64), done}
	l.open.Store(1)
	return l
}

// before reports whether the line precedes the one of a message.
func (l framedLine) before(o rules.Origin) bool {
	return l.next != nil && l.next.Run == o.Run && l.next.Frame < o.Frame
}

// was reports whether the line is the one of a message.
func (l framedLine) was(o rules.Origin) bool {
	return l.next != nil && l.next.Run == o.Run && l.next.Frame == o.Frame
}

// frame returns an event that follows from the line in the form that the sink takes.
func (l framedLine) frame(e rules.AgentEvent) rules.AgentEvent {
	if l.next == nil {
		return e
	}
	origin := *l.next
	l.next.Part++
	l.open.Add(1)
	return rules.Framed{Event: e, Origin: origin, Done: l.end}
}

// end reports that the line was handled, or that an event that follows from it is durable.
func (l framedLine) end() {
	if l.open != nil && l.open.Add(-1) == 0 {
		l.done()
	}
}

// dropLines gives up the lines that are not read any more.
func (s *session) dropLines() {
	for {
		l := s.nextLine()
		if l.open == nil {
			return
		}
		l.end()
	}
}
