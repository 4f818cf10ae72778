package host

import (
	"cmp"
	"time"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// The agent of a host session may run on another machine, where a connector carries its
// lines. While the connector has no connection to the server, the agent is detached: the
// running turn continues, since its lines arrive later, but no turn and no process begins.
// A connector that stays away for [rules.Settings.DetachTimeout] ends the running turn.

// ConnectorChanged reports that the connector has, or no longer has, a connection. The error
// is [rules.ErrConnectorFenced] if a newer one has been connected.
type ConnectorChanged struct {
	Connected bool
	rules.ConnectorVisit
}

// connectorSeatedEvent records that another process of the connector has a connection. Its
// JSON is stored.
type connectorSeatedEvent struct{ rules.ConnectorSeat }

func (*connectorSeatedEvent) EventType() protocol.EventType { return "connector_seated" }

// CloseConnector closes the connector of a session that was deleted, once the agent has ended.
type CloseConnector struct{}

// IsEffect implements [rules.Effect].
func (CloseConnector) IsEffect() {}

// ErrDeleted refuses a connector whose host session was deleted.
var ErrDeleted = protocol.Errorf(protocol.CodeHostSessionNotFound, "this session was deleted; share the agent again, without --resume")

// IsBody implements [rules.Body].
func (ConnectorChanged) IsBody() {}

// isRemote reports whether a connector runs the agent.
func (s *State) isRemote() bool { return s.Session.Facts.Connector != nil }

// isDetached reports whether a connector runs the agent, and has no connection.
func (s *State) isDetached() bool {
	return s.isRemote() && s.Session.Facts.Connector.DetachedSince != nil
}

// isAttached reports whether a connector runs the agent, and has a connection.
func (s *State) isAttached() bool { return s.exists() && s.isRemote() && !s.isDetached() }

// connectorFacts are the facts about the connector.
func connectorFacts(detachedSince *time.Time) protocol.AgentFacts {
	return protocol.AgentFacts{Connector: &protocol.AgentConnector{DetachedSince: detachedSince}}
}

// connectorChanged records the change, and continues with what has waited for the
// connector.
func (s *State) connectorChanged(in rules.Input, m ConnectorChanged) rules.Decision {
	var d rules.Decision
	switch {
	case !s.isRemote():
		return rules.Refuse(protocol.CodeHostSessionNotFound, "no connector runs the agent of this session")
	case !m.Connected && s.isDetached():
		return d
	case !m.Connected:
		return s.detach(in)
	case s.Seat.Fences(m.Seat):
		return rules.Decision{Err: rules.ErrConnectorFenced}
	}
	if s.Seat != m.Seat {
		d.Events = []rules.Event{{Public: &connectorSeatedEvent{m.Seat}}}
	}
	after := *s
	if m.Resumed && s.Suspended {
		d = s.resume(d, m.Taken)
		if after.Suspended = false; hasEvent[*turns.AbandonedEndedEvent](d.Events) {
			after.forgetAbandoned()
		}
	}
	if !s.isDetached() {
		return d
	}
	d = d.Then(s.recordFacts(connectorFacts(nil)))
	after.Session.Facts.Merge(connectorFacts(nil))
	switch {
	case s.Agent == protocol.AgentExited && (len(s.Queue) > 0 || s.AgentSession == ""):
		return after.launch(d)
	case len(s.Queue) == 0 || s.Running != nil || after.Suspended:
		return d
	case after.takesPrompts():
		return after.startTurn(d, s.Queue[0])
	}
	return d
}

// detach records that the connector has no connection.
func (s *State) detach(in rules.Input) rules.Decision {
	at := in.At
	return s.recordFacts(connectorFacts(&at))
}

// applyConnector notes when the connector lost its connection, for the deadline.
func (s *State) applyConnector(c *protocol.AgentConnector, at rules.Stamp) {
	if c == nil {
		return
	}
	s.DetachedAt = rules.Instant{}
	if c.DetachedSince != nil {
		s.DetachedAt = at.Instant()
	}
}

// detachDeadline returns when the running turn ends unless the connector returns; zero for
// never.
func (s *State) detachDeadline() time.Time {
	if s.settings.DetachTimeout <= 0 || s.Running == nil || !s.isDetached() || s.DetachedAt.IsZero() {
		return time.Time{}
	}
	return s.DetachedAt.Deadline(s.settings.DetachTimeout)
}

// endDetached ends the running turn of a connector that has been away for too long. When the
// connector returns, its agent's turn is cancelled first; turns that wait continue to wait for
// the end of that. An agent that does not outlive the server is ended.
func (s *State) endDetached(now time.Time) (d rules.Decision, ended bool) {
	if at := s.detachDeadline(); at.IsZero() || now.Before(at) {
		return d, false
	}
	failure := "the machine of the agent has had no connection for " + s.settings.DetachTimeout.String()
	if s.Outlives() {
		return s.abandonTurn(failure), true
	}
	d = s.loseAgent(failure, failure)
	lastStatus(d).Detail = failure
	return d.With(Broadcast{rules.AgentChanged{Status: lastStatus(d).AgentStatusChanged}}, EndAgent{}), true
}

// abandonTurn ends the running turn, which the agent may still work on, and cancels it there.
func (s *State) abandonTurn(failure string) rules.Decision {
	var d rules.Decision
	for _, q := range s.Questions {
		d = s.cancelQuestion(d, q, protocol.SourceCancel)
	}
	ended := turns.Ended{Turn: s.Running.Turn, Failure: cmp.Or(s.Running.Cancelling, failure), By: s.Running.CancelledBy}
	event := ended.Event()
	event.Abandoned = true
	d.Events = append(d.Events, rules.Event{Public: event})
	return d.With(report(ended), CancelAgent{})
}

// abandonedEnded records that the agent does not work on the abandoned turn any more, and
// starts the next one.
func (s *State) abandonedEnded(d rules.Decision) rules.Decision {
	d.Events = append(d.Events, rules.Event{Public: &turns.AbandonedEndedEvent{}})
	after := *s
	after.forgetAbandoned()
	if len(s.Queue) > 0 && s.Running == nil && after.takesPrompts() {
		return after.startTurn(d, s.Queue[0])
	}
	return d
}

// forgetAbandoned notes that the agent does not work on the abandoned turn any more.
func (s *State) forgetAbandoned() {
	if s.Abandoned != nil {
		s.Outgoing.Forget(promptCause(*s.Abandoned), cancelCause)
		s.Abandoned = nil
	}
}
