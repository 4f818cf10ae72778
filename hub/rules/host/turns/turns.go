package turns

import (
	"slices"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Turns are the turns of one agent. The JSON of the fields is part of the snapshot of a host
// session. A field whose JSON has another name was renamed after snapshots had been stored.
type Turns struct {
	Queue     []rules.Turn // waiting turns, in order; the caller bounds their number
	Running   *Running     // nil for none
	Abandoned *string      `json:",omitempty"` // the approval of a turn that has ended here, and that the agent may still work on; nil for none
	Ended     []Ended      // turns whose end their shared sessions have not confirmed
}

// Running is the turn that the agent works on.
type Running struct {
	Turn          rules.Turn
	Since         rules.Instant
	Cancelling    string                // the failure of the turn once it has ended; empty unless it was cancelled
	CancelAt      rules.Instant         // when it was cancelled; zero unless it was
	CancelledBy   *protocol.Participant `json:",omitempty"` // nil unless another prompt has interrupted it
	Unresponsive  bool                  `json:"Stuck"`      // it was cancelled and did not end in time
	SilentSince   *time.Time            // since when the agent has been silent, as reported; nil if it is not
	StrayReported bool                  `json:"Strayed"` // stray output of the agent in this turn was reported
}

// Ended is the end of a turn.
type Ended struct {
	Turn       rules.Turn
	StopReason string
	Failure    string                // empty when the turn completed
	Code       protocol.Code         // of the failure; empty for a failure without one
	By         *protocol.Participant `json:",omitempty"` // who cancelled it; nil if its shared session knows
	Edit       *rules.TurnEdit       `json:",omitempty"` // ended it before it began; nil if none did
}

// IsOwn reports whether the agent began the turn without a prompt, for example to follow up
// on a task that it ran in the background. Such a turn has no approval and runs in no shared
// session, so its questions go to all of them, and prompts wait until it ends.
func IsOwn(t rules.Turn) bool { return t.Approval == "" }

// Cancelling reports whether what the agent works on is being cancelled.
func (t *Turns) Cancelling() bool {
	return t.Abandoned != nil || t.Running != nil && t.Running.Cancelling != ""
}

// RunningIn returns the shared session whose turn is running; zero when none is.
func (t *Turns) RunningIn() journal.SessionID {
	if t.Running == nil {
		return journal.SessionID{}
	}
	return t.Running.Turn.Shared
}

// Any reports whether a turn waits, runs, or has an end to be confirmed.
func (t *Turns) Any() bool { return t.Running != nil || len(t.Queue) > 0 || len(t.Ended) > 0 }

// SetClock sets the clock's readings of the instants in turns that were read from the
// journal.
func (t *Turns) SetClock(now time.Time) {
	if t.Running != nil {
		t.Running.Since.SetClock(now)
		t.Running.CancelAt.SetClock(now)
	}
}

// PromptBytes returns the size of the prompts in bytes, including their content.
func (t *Turns) PromptBytes() (bytes int) {
	for i := range t.Queue {
		bytes += t.Queue[i].PromptBytes()
	}
	for i := range t.Ended {
		bytes += t.Ended[i].Turn.PromptBytes()
		if e := t.Ended[i].Edit; e != nil && e.Replacement != nil {
			bytes += len(e.Replacement.Prompt) + rules.ContentBytes(e.Replacement.Content)
		}
	}
	if t.Running != nil {
		bytes += t.Running.Turn.PromptBytes()
	}
	return bytes
}

// Apply applies an event about turns. It ignores other events.
func (t *Turns) Apply(payload protocol.Payload, at rules.Stamp) {
	switch p := payload.(type) {
	case *QueuedEvent:
		t.Queue = append(t.Queue, p.Turn)
	case *StartedEvent:
		if i := t.Queued(p.Approval); i >= 0 {
			t.Running = &Running{Turn: t.Queue[i], Since: at.Instant()}
			t.Queue = slices.Delete(t.Queue, i, i+1)
		}
	case *OwnBeganEvent:
		t.Running = &Running{Since: at.Instant()}
	case *OrderedEvent:
		t.applyOrder(p)
	case *CancellingEvent:
		t.Running.Cancelling, t.Running.CancelAt, t.Running.CancelledBy = p.Failure, at.Instant(), p.By
	case *UnresponsiveEvent:
		t.Running.Unresponsive = true
	case *SilentEvent:
		t.Running.SilentSince = p.Since
	case *EndedEvent:
		t.applyEnded(p)
		if p.Abandoned {
			t.Abandoned = &p.Approval
		}
	case *AbandonedEndedEvent:
		t.Abandoned = nil
	case *ConfirmedEvent:
		t.Ended = slices.DeleteFunc(t.Ended, func(e Ended) bool { return e.Turn.Approval == p.Approval })
	}
}

// applyEnded applies the end of a running or waiting turn.
func (t *Turns) applyEnded(p *EndedEvent) {
	e := Ended{StopReason: p.StopReason, Failure: p.Failure, Code: p.Code, By: p.By, Edit: p.Edit}
	if t.Running != nil && t.Running.Turn.Approval == p.Approval {
		e.Turn, t.Running = t.Running.Turn, nil
	} else if i := t.Queued(p.Approval); i >= 0 {
		e.Turn = t.Queue[i]
		if p.Edit.InPlace() {
			t.Queue[i] = e.replacement()
		} else {
			t.Queue = slices.Delete(t.Queue, i, i+1)
		}
	}
	if IsOwn(e.Turn) {
		return
	}
	t.Ended = append(t.Ended, e)
}

// Event returns the event that records the end.
func (e Ended) Event() *EndedEvent {
	return &EndedEvent{Approval: e.Turn.Approval, StopReason: e.StopReason, Failure: e.Failure, Code: e.Code, By: e.By, Edit: e.Edit}
}

// replacement returns the turn that takes the place of one that a participant has edited.
func (e Ended) replacement() rules.Turn {
	r, old := e.Edit.Replacement, e.Turn
	return rules.Turn{
		Approval: r.ID, Shared: old.Shared, Prompt: r.Prompt, Content: r.Content, Author: e.Edit.By, Approver: e.Edit.By,
		When: r.When, Prefix: old.Prefix, Replaces: old.Approval,
	}
}
