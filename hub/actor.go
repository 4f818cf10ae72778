package hub

import (
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
)

// shell is the other half: what a kind of session has to do with the outside.
// Its methods run on the actor's goroutine and never block.
type shell interface {
	// show passes on an event that is durable.
	show(r *journal.Record)
	// hear turns an input for the shell into one for the state, or takes it.
	hear(in envelope) (forState envelope, heard bool)
	// nudged looks at what the actor was nudged for.
	nudged()
	// perform carries out an effect of this kind of session.
	perform(e rules.Effect)
	// complete turns an answer of the state into what goes out. at is the event
	// that the answer stands on.
	complete(answer any, at journal.Head) any
	// due is when wake wants to be called; zero for never.
	due() time.Time
	wake(now time.Time)
	// busy keeps the session in memory.
	busy() bool
	// stop ends what the shell has started and waits for it. It may block.
	stop()
}

// An actor is one goroutine that owns one session. It decides on its newest
// state without waiting for the disk, and keeps what it owes the outside in
// pending, in order, until that is durable.
type actor struct {
	// immutable
	hub    *Hub
	id     journal.SessionID
	kind   journal.Kind
	writer journal.Writer
	log    *zap.Logger
	inbox  chan envelope // from the edge, which blocks while it is full; never closed
	mail   chan envelope // from couriers, who block while it is full; never closed
	nudge  chan struct{} // from a courier that has room again, or a connection that has gone; one is enough, more are dropped
	quit   chan struct{} // closed by stop
	done   chan struct{} // closed by run, last
	quits  sync.Once

	// owned by run
	state    rules.State
	shell    shell
	agent    *hearing          // of the newest agent; nil before the first, and for a shared session
	head     journal.Head      // of the newest state
	last     time.Time         // of the newest event
	pending  []*batch          // what waits for its commit, in order
	stalled  bool              // the oldest of pending has waited for longer than commitPatience, and its commands were answered
	holds    map[string][]held // replies that wait for a release
	couriers map[journal.SessionID]*courier
	rebuild  rebuild
	unsaved  int       // events since the last snapshot
	used     time.Time // when something last came in
	weighed  int       // bytes of prompts, as the hub's budget counts them

	// guarded by mu
	mu      sync.Mutex
	leaving []*feed.Subscription // connections that have gone; no more than were let in
}

const (
	// inboxSize lets a burst in without making its senders wait for each other.
	inboxSize = 64
	// mailSize is the same for messages, of which one from an agent may hold
	// hearingBytes.
	mailSize = 16
	// batchInputs and batchBytes bound one append: a commit that takes long
	// would delay everybody else's.
	batchInputs = 256
	batchBytes  = 1 << 20
	// maxPending is how many appends wait for their commit before nothing more
	// is taken from the inbox.
	maxPending = 16
)

// held is a reply that waits under the name of what it waits for.
type held struct {
	waiter string
	reply  replyFunc
	since  time.Time
}

func newActor(h *Hub, id journal.SessionID, l loaded) *actor {
	return &actor{
		hub:      h,
		id:       id,
		kind:     l.kind,
		writer:   h.writers[id.Partition()],
		log:      h.options.Logger.With(zap.Stringer("session", id)),
		inbox:    make(chan envelope, inboxSize),
		mail:     make(chan envelope, mailSize),
		nudge:    make(chan struct{}, 1),
		quit:     make(chan struct{}),
		done:     make(chan struct{}),
		state:    l.state,
		head:     l.head,
		last:     l.last,
		unsaved:  l.unsaved,
		holds:    map[string][]held{},
		couriers: map[journal.SessionID]*courier{},
		rebuild:  rebuild{result: make(chan rebuilt, 1)},
		used:     time.Now(),
	}
}

// stop lets the actor finish and end. It does not wait, and may be called more
// than once.
func (a *actor) stop() { a.quits.Do(func() { close(a.quit) }) }

// inMemory profiles the sessions whose actors run, in all hubs of the process.
var inMemory = pprof.NewProfile("parley.sessions")

// run is the actor's goroutine. It ends when the hub stops it, or when the
// session is not used and the registry lets it go. open are the shared sessions
// on a host session when it was loaded.
func (a *actor) run(open []journal.SessionID) {
	defer close(a.done)
	inMemory.Add(a, 0)
	defer inMemory.Remove(a)
	timer := time.NewTimer(0)
	defer timer.Stop()
	a.weigh()
	defer a.weighs(0)
	if a.head.Seq > 0 {
		a.take(unanswered(rules.Woken{Open: open}))
	}
	for {
		timer.Reset(time.Until(a.nextDue()))
		select {
		case in := <-a.openInbox():
			a.take(in)
		case in := <-a.openMail():
			a.take(in)
		case <-a.openAgent():
			a.take(unanswered(agentSpoke{}))
		case <-a.committed():
			a.settle()
		case <-a.nudge:
			a.shell.nudged()
		case r := <-a.rebuild.result:
			a.rebuilt(r)
		case <-timer.C:
			if a.onTime() {
				return
			}
		case <-a.quit:
			a.finish()
			return
		}
	}
}

// openInbox returns the inbox while there is room for what comes of it, and
// during an outage, when commands are refused at once.
func (a *actor) openInbox() chan envelope {
	if a.rebuild.running || a.stalled || a.hasRoom() {
		return a.inbox
	}
	return nil
}

// openMail returns what other sessions say while there is room for what comes of
// it. It must not be lost, so it waits where it is while the journal is out.
func (a *actor) openMail() chan envelope {
	if a.rebuild.running || a.rebuild.proving || !a.hasRoom() {
		return nil
	}
	return a.mail
}

func (a *actor) hasRoom() bool {
	switch {
	case len(a.pending) >= maxPending:
		return false
	case a.unsaved >= a.hub.options.SnapshotEvery && len(a.pending) > 0:
		return false // let the commits catch up, for a snapshot of what is durable
	}
	return true
}

// openAgent tells when there is something to hear from the agent, while those
// who are told keep up.
func (a *actor) openAgent() chan struct{} {
	if a.agent == nil || a.openMail() == nil {
		return nil
	}
	for _, c := range a.couriers {
		if c.full() {
			return nil
		}
	}
	return a.agent.ready
}

// committed is ready when the oldest append has an outcome.
func (a *actor) committed() <-chan struct{} {
	if len(a.pending) == 0 || a.rebuild.running {
		return nil
	}
	return a.pending[0].commit.Done()
}

// take decides on an input and on what else is waiting, as one append.
func (a *actor) take(in envelope) {
	b := new(batch)
	runtime.Gosched() // who is about to send something does so first: one append instead of two
	a.one(b, in)
	for n := 1; n < batchInputs && b.bytes < batchBytes; n++ {
		in, waits := a.next()
		if !waits {
			break
		}
		a.one(b, in)
	}
	a.write(b)
}

// next returns an input that waits, if there is any.
func (a *actor) next() (in envelope, waits bool) {
	select {
	case in = <-a.openInbox():
		return in, true
	case in = <-a.openMail():
		return in, true
	case <-a.openAgent():
		return unanswered(agentSpoke{}), true
	default:
		return envelope{}, false
	}
}

// one decides on one input. What has come due is decided first, so that a
// command that comes after a session's end meets an ended session.
func (a *actor) one(b *batch, in envelope) {
	var heard bool
	if in, heard = a.shell.hear(in); !heard {
		return
	}
	if _, isTick := in.Body.(rules.Tick); !isTick {
		a.used = time.Now()
	}
	if a.rebuild.running || a.stalled && in.reply != nil {
		a.rebuild.refuse(in)
		return
	}
	moment := time.Now()
	if due := a.state.Due(); !due.IsZero() && !due.After(moment) {
		a.decide(b, unanswered(rules.Tick{}), moment)
	}
	a.decide(b, in, moment)
}

// dated is the later of the moment and the last event's time, in microseconds: a
// clock that is set back does not turn events around.
func (a *actor) dated(moment time.Time) time.Time {
	at := moment.UTC().Truncate(time.Microsecond)
	if at.Before(a.last) {
		return a.last
	}
	return at
}

func (a *actor) decide(b *batch, in envelope, moment time.Time) {
	in.At, in.Moment = a.dated(moment), moment
	in.OverBudget = !a.roomForPrompt(in)
	defer a.weigh()
	if in.reply != nil { // what agents and other sessions say makes nothing with an id
		in.IDs = [2]string{uuid.NewString(), uuid.NewString()}
	}
	d := a.state.Decide(in.Input)
	if in.decided != nil && !shared.IsAbsent(d.Err) {
		in.decided()
	}
	o := out{in: in}
	if d.Err != nil {
		o.result.err = d.Err
		b.outs = append(b.outs, o)
		return
	}
	main, err := a.record(b, &o, d.Events)
	if err != nil {
		a.log.Error("an event cannot be encoded", zap.Error(err))
		o.result.err = err
		b.outs = append(b.outs, o)
		return
	}
	o.effects = d.Effects
	o.hold, o.waiter = d.Hold, d.Waiter
	o.result = a.resultOf(in, d, main)
	b.outs = append(b.outs, o)
}

// resultOf completes the answer, from the state that now holds the events.
func (a *actor) resultOf(in envelope, d rules.Decision, main *rules.Event) result {
	if in.reply == nil || d.Hold != "" {
		return result{}
	}
	c, _ := in.Body.(shared.Command)
	switch {
	case d.Replay > 0:
		return result{payload: lookup.RepeatedAnswer{Command: c.Request.Command, Seq: d.Replay, Answer: a.state.Answerer()}, duplicate: true}
	case d.Answer != nil:
		return result{payload: a.shell.complete(d.Answer, a.head), duplicate: d.Duplicate}
	case main != nil:
		return result{payload: a.shell.complete(a.state.Answerer()(c.Request.Command, *main), a.head)}
	}
	return result{payload: struct{}{}}
}

// record numbers, seals and applies events. It encodes all before it applies
// one, so that an error changes nothing.
func (a *actor) record(b *batch, o *out, events []rules.Event) (main *rules.Event, err error) {
	at, moment := o.in.At, o.in.Moment
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
		a.state.Apply(e, rules.Stamp{Seq: records[i].Seq, At: at, Moment: moment})
		if e.Primary {
			main = &events[i]
		}
	}
	if len(events) > 0 {
		a.head, a.last = head, at
	}
	return main, nil
}

// leaves tells the actor that a connection has gone. It does not wait.
func (a *actor) leaves(s *feed.Subscription) {
	a.mu.Lock()
	a.leaving = append(a.leaving, s)
	a.mu.Unlock()
	signal(a.nudge)
}

func (a *actor) takeLeaving() []*feed.Subscription {
	a.mu.Lock()
	defer a.mu.Unlock()
	gone := a.leaving
	a.leaving = nil
	return gone
}
