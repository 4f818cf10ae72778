package rules

import (
	"bytes"
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Mask is what readers receive of an event for whom secrets are masked, where it differs
// from the event. It is made with the event and stored in its private part, so that every
// read of the event gives the same.
type Mask struct {
	Payload json.RawMessage `json:"payload,omitempty"` // empty if it is the event's own
	Hides   bool            `json:"hides,omitempty"`   // a secret is masked in Payload; else a part of the text is in another event
	// Held is how many bytes of a streamed text, at its end, are not in Payload, since they
	// may be the beginning of a secret. A later event of the same text has them.
	Held int `json:"held,omitempty"`
}

// For returns the payload that a reader receives of an event, given the event's own. m may be
// nil.
func (m *Mask) For(to Projection, payload []byte) (protocol.Redaction, []byte) {
	switch {
	case m == nil:
		return "", payload
	case !to.Whole && len(m.Payload) > 0:
		payload = m.Payload
	}
	switch {
	case !m.Hides:
		return "", payload
	case to.Whole:
		return protocol.RedactionOriginal, payload
	}
	return protocol.RedactionMasked, payload
}

// Aside is what the private part of a record says about its readers.
type Aside struct {
	Mask *Mask  `json:"mask"`
	To   string `json:"to"` // see [Private.To]
}

// AsideOf returns what the private part of a record says about its readers. It costs little
// for a record that says nothing.
func AsideOf(r *journal.Record) (a Aside) {
	if !bytes.Contains(r.Private, []byte(`"mask":{`)) && !bytes.Contains(r.Private, []byte(`"to":"`)) {
		return a
	}
	_ = json.Unmarshal(r.Private, &a) // fails for no private part of an event that was decoded
	return a
}
