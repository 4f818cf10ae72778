package recap

import (
	"encoding/json"
	"slices"
)

// The bounds of a recap, in bytes.
const (
	maxPrompt = 2 << 10
	maxAnswer = 4 << 10
	maxReason = 200
	maxTotal  = 16 << 10 // of all turns
)

// maxTurns bounds the number of turns, whose prompts and answers may be very short.
const maxTurns = 64

// Recap is the newest part of a conversation. The zero value is one without a turn. Its
// JSON is stored.
type Recap struct {
	Turns   []turn `json:"turns,omitempty"`   // oldest first
	Omitted bool   `json:"omitted,omitempty"` // earlier turns were dropped
	Running bool   `json:"running,omitempty"` // the newest turn has not ended
}

// turn is a prompt with the agent's answer to it.
type turn struct {
	Prompt  string  `json:"prompt"`
	Earlier excerpt `json:"earlier,omitzero"` // the answer's messages before the newest
	Message excerpt `json:"message,omitzero"` // the answer's newest message
	ID      string  `json:"id,omitempty"`     // of the newest message; empty for none
	Failure string  `json:"failure,omitempty"`
}

// Begin adds a prompt that the agent has received.
func (r *Recap) Begin(prompt string) {
	var e excerpt
	e.add(prompt, maxPrompt)
	r.Turns = append(r.Turns, turn{Prompt: e.String()})
	r.Running = true
	r.bound()
}

// Add adds what a notification of the agent says in the running turn. A notification
// without text, or outside of a turn, changes nothing.
func (r *Recap) Add(notification json.RawMessage) {
	if !r.Running {
		return
	}
	m, ok := decodeMessage(notification)
	if !ok {
		return
	}
	t := &r.Turns[len(r.Turns)-1]
	if m.id != t.ID || m.whole && m.id == "" {
		t.Earlier.add(t.Message.separated(), maxAnswer/2)
		t.Message, t.ID = excerpt{}, cut(m.id, maxReason)
	}
	if m.whole {
		t.Message = excerpt{}
	}
	t.Message.add(m.text, maxAnswer/2)
}

// End ends the running turn. failure is empty if the turn completed.
func (r *Recap) End(failure string) {
	if !r.Running {
		return
	}
	t := &r.Turns[len(r.Turns)-1]
	t.Failure, t.ID = cut(failure, maxReason), ""
	t.Earlier.add(t.Message.String(), maxAnswer)
	t.Message = excerpt{}
	r.Running = false
	r.bound()
}

// bound drops the oldest turns while all are too long together. One turn always fits.
func (r *Recap) bound() {
	total := 0
	for i, t := range slices.Backward(r.Turns) {
		total += t.size()
		if i < len(r.Turns)-1 && (total > maxTotal || len(r.Turns)-i > maxTurns) {
			r.Turns, r.Omitted = slices.Clone(r.Turns[i+1:]), true
			return
		}
	}
}

func (t *turn) size() int {
	return len(t.Prompt) + len(t.Failure) + t.Earlier.size() + t.Message.size()
}
