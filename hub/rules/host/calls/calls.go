package calls

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// Outgoing is what was sent to an agent, as far as it may have to be sent again or waits for
// an answer. Its JSON is part of the snapshot of a host session.
type Outgoing struct {
	Calls  rules.Calls `json:",omitempty"` // at most maxCalls
	NextID int64       `json:",omitempty"` // the highest JSON-RPC id that was used

	Outcomes []Outcome `json:",omitempty"` // the newest outcomes of questions; at most maxOutcomes
}

// maxCalls is how many calls are remembered: an answer to each question that an agent may
// ask at a time, and what else is sent. Beyond it, the oldest are not sent again.
const maxCalls = 512

// Events about calls. Their JSON is stored.
type (
	// CalledEvent records what is to be sent. The calls are its private data, since they
	// hold what people answer.
	CalledEvent struct{}
	// SentEvent records that a call is sent.
	SentEvent struct {
		rules.Cause
		ID    int64  `json:"id,omitempty"`
		Frame uint64 `json:"frame"`
		Acked uint64 `json:"acked,omitempty"` // the newest frame that the connector has processed
	}
	// ResumedEvent records that the connector has returned to a server that was restarted.
	ResumedEvent struct {
		Taken uint64 `json:"taken"` // the newest frame that it has received
	}
)

// EventType implements [protocol.Payload].
func (*CalledEvent) EventType() protocol.EventType { return "agent_called" }

// EventType implements [protocol.Payload].
func (*SentEvent) EventType() protocol.EventType { return "frame_sent" }

// EventType implements [protocol.Payload].
func (*ResumedEvent) EventType() protocol.EventType { return "connector_resumed" }

// Sent returns the event for a frame; nil if it carries neither a call that waits to be sent
// nor a new request.
func (o *Outgoing) Sent(f rules.SentFrame) *SentEvent {
	if o.waiting(f.Cause) < 0 && f.ID <= o.NextID {
		return nil
	}
	return &SentEvent{f.Cause, f.ID, f.Frame, f.Acked}
}

// waiting returns the index of the first call with a cause that was not sent; -1 for none.
func (o *Outgoing) waiting(c rules.Cause) int {
	return slices.IndexFunc(o.Calls, func(call rules.Call) bool { return call.Cause == c && call.Frame == 0 })
}

// Unanswered returns the requests that were sent and have no answer.
func (o *Outgoing) Unanswered() rules.Calls {
	return slices.DeleteFunc(slices.Clone(o.Calls), func(c rules.Call) bool { return c.ID == 0 })
}

// Unsent returns the calls that are to be sent.
func (o *Outgoing) Unsent() rules.Calls {
	return slices.DeleteFunc(slices.Clone(o.Calls), func(c rules.Call) bool { return c.Frame > 0 })
}

// Add adds calls.
func (o *Outgoing) Add(calls rules.Calls) {
	o.Calls = rules.KeepLast(append(slices.Clone(o.Calls), calls...), maxCalls)
}

// Apply applies an event about calls. It ignores other events. It changes no list in place,
// so that a copy can apply it.
func (o *Outgoing) Apply(payload protocol.Payload) {
	switch p := payload.(type) {
	case *SentEvent:
		o.Calls = slices.Clone(o.Calls)
		if i := o.waiting(p.Cause); i >= 0 {
			o.Calls[i].Frame, o.Calls[i].ID = p.Frame, p.ID
		}
		o.NextID = max(o.NextID, p.ID)
		o.received(p.Acked)
	case *ResumedEvent:
		o.received(p.Taken)
		for i := range o.Calls {
			if o.Calls[i].Frame > p.Taken {
				o.Calls[i].Frame, o.Calls[i].ID = 0, 0
			}
		}
	}
}

// received forgets the calls up to a frame that wait for no answer.
func (o *Outgoing) received(frame uint64) {
	o.Calls = slices.DeleteFunc(slices.Clone(o.Calls), func(c rules.Call) bool {
		return c.Frame > 0 && c.Frame <= frame && c.ID == 0
	})
}

// Forget forgets the calls with a cause.
func (o *Outgoing) Forget(causes ...rules.Cause) {
	o.Calls = slices.DeleteFunc(slices.Clone(o.Calls), func(c rules.Call) bool { return slices.Contains(causes, c.Cause) })
}
