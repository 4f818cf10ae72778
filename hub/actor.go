package hub

import (
	"runtime/pprof"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/feed"
	"parley/hub/internal/agentinbox"
	"parley/hub/internal/background"
	"parley/hub/internal/courier"
	"parley/hub/journal"
	"parley/hub/rules"
)

// shell connects one kind of session to the outside. Its methods run on the actor's
// goroutine and, apart from stop, do not block.
type shell interface {
	// translate turns an input for the shell into one for the state. It returns false
	// if the state has nothing to decide on.
	translate(in envelope) (forState envelope, ok bool)
	// perform carries out an effect of this kind of session.
	perform(e rules.Effect)
	// complete turns an answer of the state into one for the caller. at is the newest
	// event when the state decided.
	complete(answer any, at journal.Head) any
	// due returns when to call wake; zero for never.
	due() time.Time
	// wake does what is due.
	wake(now time.Time)
	// busy reports whether the session must stay in memory.
	busy() bool
	// stop ends everything that the shell has started, and waits for it.
	stop()
}

// audience is the connections of a shared session. Its methods run on the actor's goroutine
// and do not block.
type audience interface {
	// show passes a durable event on to the connections.
	show(r *journal.Record)
	// removeClosed removes the connections that were closed since the last call.
	removeClosed()
}

// actor is one goroutine that owns one session. It decides on its newest state
// without waiting for the disk, and keeps what is due to the outside in pending, in
// order, until that is durable.
type actor struct {
	// immutable
	hub    *Hub
	id     journal.SessionID
	kind   journal.Kind
	writer journal.Writer
	log    *zap.Logger
	inbox  chan envelope // commands; Hub.send and connections send, and block while it is full; never closed
	mail   chan envelope // messages; couriers send, and block while it is full; never closed
	nudge  chan struct{} // sent to by couriers that have room again and by leave; capacity one, see background.Notify
	quit   chan struct{} // closed by stop
	done   chan struct{} // closed by run, last
	quits  sync.Once     // closes quit

	// owned by run
	state       rules.State
	shell       shell
	audience    audience          // nil for a host session, whose events no client receives
	agent       *agentinbox.Inbox // of the newest agent; nil before the first, and for a shared session
	head        journal.Head      // the newest event of state
	last        time.Time         // of the newest event
	pending     []*batch          // batches that wait for their commit, in order; bounded by maxPending
	stalled     bool              // the oldest batch has waited for commitTimeout, and the waiting commands were refused
	holds       map[string][]held // replies that wait for a release
	couriers    map[journal.SessionID]*courier.Courier[parcel]
	releasing   *envelope // the input whose effects are carried out; nil for none
	recovery    recovery
	unsaved     int       // events since the last snapshot
	used        time.Time // when the last input was received
	promptBytes int       // how much the hub's budget of prompts counts for the session

	// guarded by mu
	mu      sync.Mutex
	leaving []*feed.Subscription // closed connections that the room still has; bounded by its connections
}

const (
	// inboxSize is the capacity of an inbox. A burst of that many commands does not
	// block its senders.
	inboxSize = 64
	// mailSize is the capacity for messages. It is smaller, since one message of an
	// agent can hold agentinbox.MaxBytes.
	mailSize = 16
	// maxPending is how many batches may wait for their commit before the actor accepts
	// no further input.
	maxPending = 16
)

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
		couriers: map[journal.SessionID]*courier.Courier[parcel]{},
		recovery: recovery{result: make(chan recovered, 1)},
		used:     time.Now(),
	}
}

// stop tells the actor to finish and to end. It does not wait for that. Further calls do
// nothing.
func (a *actor) stop() { a.quits.Do(func() { close(a.quit) }) }

// inMemory profiles the sessions whose actors run, in all hubs of the process.
var inMemory = pprof.NewProfile("parley.sessions")

// run is the actor's goroutine. It ends when the hub stops it, or when the session is
// idle and the registry removes it. open holds the shared sessions that were open on a
// host session when it was loaded.
func (a *actor) run(open []journal.SessionID) {
	defer close(a.done)
	inMemory.Add(a, 0)
	defer inMemory.Remove(a)
	timer := time.NewTimer(0)
	defer timer.Stop()
	a.countPrompts()
	defer a.setPromptBytes(0)
	if a.head.Seq > 0 {
		a.take(unanswered(rules.Loaded{OpenShared: open}))
	}
	for {
		timer.Reset(time.Until(a.nextDue()))
		select {
		case in := <-a.openInbox():
			a.take(in)
		case in := <-a.openMail():
			a.take(in)
		case <-a.openAgent():
			a.take(unanswered(inboxReady{}))
		case <-a.committed():
			a.settle()
		case <-a.nudge:
			if a.audience != nil {
				a.audience.removeClosed()
			}
		case r := <-a.recovery.result:
			a.recovered(r)
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

// openInbox returns the inbox while another batch may become pending, and during an
// outage, when commands are refused at once. Otherwise it returns nil, which blocks the
// senders.
func (a *actor) openInbox() <-chan envelope {
	if a.recovery.running() || a.stalled || a.hasRoom() {
		return a.inbox
	}
	return nil
}

// openMail returns the mail while another batch may become pending, and nil otherwise.
// Messages must not be lost, so during an outage they stay where they are.
func (a *actor) openMail() <-chan envelope {
	if a.recovery.phase != recoveryNone || !a.hasRoom() {
		return nil
	}
	return a.mail
}

// hasRoom reports whether another batch may become pending.
func (a *actor) hasRoom() bool {
	switch {
	case len(a.pending) >= maxPending:
		return false
	case a.unsaved >= a.hub.options.SnapshotEvery && len(a.pending) > 0:
		return false // let the commits catch up, since a snapshot holds only what is durable
	}
	return true
}

// openAgent returns a channel that is ready when the agent has sent something. It returns
// nil while a receiver of the agent's messages is behind.
func (a *actor) openAgent() <-chan struct{} {
	if a.agent == nil || a.openMail() == nil {
		return nil
	}
	for _, c := range a.couriers {
		if c.Full() {
			return nil
		}
	}
	return a.agent.Ready()
}

// committed returns a channel that is ready when the oldest append has succeeded or
// failed.
func (a *actor) committed() <-chan struct{} {
	if len(a.pending) == 0 || a.recovery.running() {
		return nil
	}
	return a.pending[0].commit.Done()
}

// leave notes that a connection was closed. Any goroutine may call it, and it does not
// block.
func (a *actor) leave(s *feed.Subscription) {
	a.mu.Lock()
	a.leaving = append(a.leaving, s)
	a.mu.Unlock()
	background.Notify(a.nudge)
}

// takeLeaving returns the connections that were closed since the last call.
func (a *actor) takeLeaving() []*feed.Subscription {
	a.mu.Lock()
	defer a.mu.Unlock()
	closed := a.leaving
	a.leaving = nil
	return closed
}

// courier returns the actor's courier to a session, and starts one if there is none.
func (a *actor) courier(to journal.SessionID) *courier.Courier[parcel] {
	c, ok := a.couriers[to]
	if !ok {
		c = courier.Start(a.hub.delivery(a.id, to), a.nudge)
		a.couriers[to] = c
	}
	return c
}

// dropCouriers stops the couriers that have nothing to deliver and are not needed.
func (a *actor) dropCouriers(needed func(journal.SessionID) bool) {
	for to, c := range a.couriers {
		if c.Waiting() == 0 && !needed(to) {
			c.Stop(time.Now())
			delete(a.couriers, to)
		}
	}
}
