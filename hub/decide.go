package hub

import (
	"runtime"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub/internal/receipt"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
)

// envelope is an input on its way to an actor, together with the functions that report
// its outcome.
type envelope struct {
	rules.Input
	decided func()           // called once the input is decided, unless the decision is a [shared.AbsentError]; may be nil, must not block
	reply   replyFunc        // receives the answer; nil when no answer is wanted
	receipt *receipt.Receipt // of a message of an agent, or one that follows from it; nil for any other
}

// replyFunc receives the answer to an input, once, from the actor's goroutine. It must
// not block.
type replyFunc func(result)

// result is the answer to an input.
type result struct {
	payload   any // an answer type of protocol, or a history.Deferred
	duplicate bool
	err       error
}

// unanswered wraps an input that is not answered.
func unanswered(body rules.Body) envelope { return envelope{Input: rules.Input{Body: body}} }

// sender returns the id of the participant who sent the command, or "".
func (in envelope) sender() string {
	switch body := in.Body.(type) {
	case shared.Command:
		return body.Sender.ParticipantID
	case attach:
		return body.command.Sender.ParticipantID
	}
	return ""
}

// batchInputs and batchBytes bound one append, since a commit that takes long delays
// those of all other sessions.
const (
	batchInputs = 256
	batchBytes  = 1 << 20
)

// take decides on an input and on the inputs that wait behind it, and writes the events
// as one append.
func (a *actor) take(in envelope) {
	b := new(batch)
	// Yield once so that concurrent senders can join this batch. It saves 13 to 18 %
	// of the processor time per event where several clients send at a time
	// (BenchmarkConnection and BenchmarkHub, on two cores).
	runtime.Gosched()
	a.decideOn(b, in)
	for n := 1; n < batchInputs && b.bytes < batchBytes; n++ {
		in, ok := a.next()
		if !ok {
			break
		}
		a.decideOn(b, in)
	}
	a.write(b)
}

// next returns an input that waits, if there is one.
func (a *actor) next() (in envelope, ok bool) {
	select {
	case in = <-a.openInbox():
		return in, true
	case in = <-a.openMail():
		return in, true
	case <-a.openAgent():
		return unanswered(inboxReady{}), true
	default:
		return envelope{}, false
	}
}

// decideOn decides on one input, or refuses it during an outage. A tick that is due comes
// first, so that a command after the expiry of a session finds an ended session.
func (a *actor) decideOn(b *batch, in envelope) {
	in, ok := a.shell.translate(in)
	if !ok {
		return
	}
	if _, isTick := in.Body.(rules.Tick); !isTick {
		a.used = time.Now()
	}
	if a.recovery.running() || a.stalled && in.reply != nil {
		a.recovery.refuse(in)
		return
	}
	moment := time.Now()
	if due := a.state.Due(); !due.IsZero() && !due.After(moment) {
		a.decide(b, unanswered(rules.Tick{}), moment)
	}
	a.decide(b, in, moment)
}

// decide decides on an input at a moment, applies the events, and adds the outcome to the
// batch.
func (a *actor) decide(b *batch, in envelope, moment time.Time) {
	in.At, in.Now = a.timestamp(moment), moment
	in.OverBudget = !a.reservePrompt(in)
	defer a.countPrompts()
	if in.reply != nil { // agents and other sessions create nothing that has an id
		in.IDs = [2]string{uuid.NewString(), uuid.NewString()}
	}
	d := a.state.Decide(in.Input)
	for i := range d.Events {
		if d.Events[i].Private.Origin.IsZero() {
			d.Events[i].Private.Origin = in.Origin
		}
	}
	if in.decided != nil && !shared.IsAbsent(d.Err) {
		in.decided()
	}
	o := out{in: in}
	var primary *rules.Event
	err := d.Err
	if err == nil {
		if primary, err = a.record(b, &o, d.Events); err != nil {
			a.log.Error("an event cannot be encoded", zap.Error(err))
		}
	}
	if err != nil {
		o.result.err = err
	} else {
		o.effects, o.hold, o.waiter = d.Effects, d.Hold, d.Waiter
		o.result = a.resultOf(in, d, primary)
	}
	b.outs = append(b.outs, o)
}

// timestamp returns the time of an event: the later of the moment and the last event's
// time, in microseconds, so that setting the clock back does not reorder events.
func (a *actor) timestamp(moment time.Time) time.Time {
	at := moment.UTC().Truncate(time.Microsecond)
	if at.Before(a.last) {
		return a.last
	}
	return at
}

// resultOf returns the answer to an input, computed from the state after the events; a
// zero result for an input that is not answered, or not yet.
func (a *actor) resultOf(in envelope, d rules.Decision, primary *rules.Event) result {
	if in.reply == nil || d.Hold != "" {
		return result{}
	}
	c, _ := in.Body.(shared.Command)
	switch {
	case d.Replay > 0:
		again := lookup.RepeatedAnswer{Command: c.Request.Command, Seq: d.Replay, Answer: a.state.Answerer()}
		return result{payload: again, duplicate: d.Duplicate}
	case d.Answer != nil:
		return result{payload: a.shell.complete(d.Answer, a.head), duplicate: d.Duplicate}
	case primary != nil:
		return result{payload: a.shell.complete(a.state.Answerer()(c.Request.Command, *primary), a.head)}
	}
	return result{payload: struct{}{}}
}

// record numbers, seals and applies events, and returns the primary one; nil if there is
// none. It encodes all of them before it applies any, so that an error changes nothing.
func (a *actor) record(b *batch, o *out, events []rules.Event) (primary *rules.Event, err error) {
	at, moment := o.in.At, o.in.Now
	records := make([]journal.Record, len(events))
	head := a.head
	for i, e := range events {
		r := &records[i]
		*r = journal.Record{Session: a.id, Seq: head.Seq + 1, Time: at, Type: string(e.Public.EventType())}
		if r.Public, r.Private, err = e.Encode(); err != nil {
			return nil, err
		}
		r.Seal(head.Hash)
		head = journal.Head{Seq: r.Seq, Hash: r.Hash}
	}
	o.records = records
	b.add(records)
	for i, e := range events {
		a.state.Apply(e, rules.Stamp{Seq: records[i].Seq, At: at, Now: moment})
		if e.Primary {
			primary = &events[i]
		}
	}
	if len(events) > 0 {
		a.head, a.last = head, at
	}
	return primary, nil
}

// The prompts that are not done count toward a budget that all sessions share. The size of
// a command's prompt is reserved before the decision; after it, the session counts the
// prompts in its state. So a prompt counts exactly as long as it is in memory, also in an
// outage and after a restart.

// reservePrompt reserves the size of a command's prompt, and reports whether the budget
// had enough left. countPrompts returns what the decision does not use.
func (a *actor) reservePrompt(in envelope) bool {
	c, _ := in.Body.(shared.Command)
	size := c.PromptBytes()
	if size == 0 {
		return true
	}
	if !a.hub.prompts.Take(size, mostPromptBytes(size, a.hub.options.MaxPromptBytes)) {
		return false
	}
	a.promptBytes += size
	return true
}

// mostPromptBytes returns up to how much of the budget a prompt of a size may use. The
// last quarter is for short prompts.
func mostPromptBytes(size, budget int) int {
	if size > shared.SmallPrompt {
		return budget / 4 * 3
	}
	return budget
}

// countPrompts makes the budget count exactly the prompts in the state.
func (a *actor) countPrompts() { a.setPromptBytes(a.state.PromptBytes()) }

func (a *actor) setPromptBytes(bytes int) {
	if bytes == a.promptBytes {
		return // as after most decisions; all sessions share the counter
	}
	a.hub.prompts.Add(bytes - a.promptBytes)
	a.promptBytes = bytes
}
