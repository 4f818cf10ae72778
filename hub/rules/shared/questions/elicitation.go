package questions

import (
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared/brief"
	"parley/protocol"
)

// Elicitation is a request for input that has no answer, or whose page is not finished.
type Elicitation struct {
	protocol.Elicitation
	Masked *protocol.Elicitation `json:",omitempty"` // as others than deciders see it; nil if there is nothing to mask

	// derived from the above
	bytes int // of the encoding
}

// Answer is the answer of a participant that can be read.
type Answer struct {
	RequestID string
	By        string      // the participant
	Page      bool        // the answer has the URL of a page
	Seq       journal.Seq // of the event
}

// measure computes the size of the request.
func (e *Elicitation) measure() { e.bytes = len(rules.RawJSON(e.Elicitation)) }

// For returns the request as a reader sees it.
func (e *Elicitation) For(reader rules.Projection) *Elicitation {
	if e.Masked == nil || reader.Whole {
		return e
	}
	masked := Elicitation{Elicitation: *e.Masked}
	masked.AcceptedBy = e.AcceptedBy
	masked.measure()
	return &masked
}

// Brief returns the request if it takes at most limit bytes, and otherwise the
// beginning of its message, marked and without a form.
func (e *Elicitation) Brief(limit int) protocol.Elicitation {
	if e.bytes <= limit {
		return e.Elicitation
	}
	short := e.Elicitation
	short.Form, short.Truncated, short.WholeBytes = nil, true, e.bytes
	short.Message, _ = brief.Text(short.Message, limit/2)
	if len(short.ToolCallID) > MaxName {
		short.ToolCallID = ""
	}
	return short
}
