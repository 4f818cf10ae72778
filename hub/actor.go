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
	// show passes on an event that is durable.
	show(r *journal.Record)
	// receive turns an input for the shell into one for the state. It returns false
	// if the shell keeps the input.
	receive(in envelope) (forState envelope, ok bool)
	// nudged removes what has gone since the last call.
	nudged()
	// perform carries out an effect of this kind of session.
	perform(e rules.Effect)
	// complete turns an answer of the state into one for the caller. at is the newest
	// event when the state decided.
	complete(answer any, at journal.Head) any
	// due returns when to call wake; zero for never.
	due() time.Time
	wake(now time.Time)
	// busy reports whether the session must stay in memory.
	busy() bool
	// stop ends what the shell has started and waits for it.
	stop()
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
	inbox  chan envelope // commands from callers, which block while it is full; never closed
	mail   chan envelope // messages from couriers, which block while it is full; never closed
	nudge  chan struct{} // from couriers with room and closed connections; capacity one, see background.Notify
	quit   chan struct{} // closed by stop
	done   chan struct{} // closed by run, last
	quits  sync.Once

	// owned by run
	state    rules.State
	shell    shell
	agent    *agentinbox.Inbox // of the newest agent; nil before the first, and for a shared session
	head     journal.Head      // the newest event of state
	last     time.Time         // of the newest event
	pending  []*batch          // what waits for its commit, in order; at most maxPending
	stalled  bool              // the oldest of pending has waited for commitPatience, and its commands were answered
	holds    map[string][]held // replies that wait for a release
	couriers map[journal.SessionID]*courier.Courier
	recovery recovery
	unsaved  int       // events since the last snapshot
	used     time.Time // when the last input came
	weighed  int       // bytes of prompts that the hub's budget counts for the session

	// guarded by mu
	mu      sync.Mutex
	leaving []*feed.Subscription // closed connections; at most as many as were let in
}

const (
	// inboxSize lets a burst of commands in without making the callers wait for each
	// other.
	inboxSize = 64
	// mailSize is the same for messages. One from an agent may hold
	// agentinbox.MaxBytes.
	mailSize = 16
	// maxPending is how many appends may wait for their commit before the actor takes
	// no more input.
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
		couriers: map[journal.SessionID]*courier.Courier{},
		recovery: recovery{result: make(chan recovered, 1)},
		used:     time.Now(),
	}
}

// stop makes the actor finish and end. It does not wait, and may be called more than
// once.
func (a *actor) stop() { a.quits.Do(func() { close(a.quit) }) }

// inMemory profiles the sessions whose actors run, in all hubs of the process.
var inMemory = pprof.NewProfile("parley.sessions")

// run is the actor's goroutine. It ends when the hub stops it, or when the session is
// idle and the registry lets it go. open are the shared sessions that were open on a
// host session when it was loaded.
func (a *actor) run(open []journal.SessionID) {
	defer close(a.done)
	inMemory.Add(a, 0)
	defer inMemory.Remove(a)
	timer := time.NewTimer(0)
	defer timer.Stop()
	a.weigh()
	defer a.setWeight(0)
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
			a.take(unanswered(agentSent{}))
		case <-a.committed():
			a.settle()
		case <-a.nudge:
			a.shell.nudged()
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

// openInbox returns the inbox while there is room for what commands lead to, and
// during an outage, when commands are refused at once.
func (a *actor) openInbox() <-chan envelope {
	if a.recovery.running() || a.stalled || a.hasRoom() {
		return a.inbox
	}
	return nil
}

// openMail returns the mail while there is room for what messages lead to. Messages
// must not be lost, so during an outage they stay where they are.
func (a *actor) openMail() <-chan envelope {
	if a.recovery.phase != recoveryNone || !a.hasRoom() {
		return nil
	}
	return a.mail
}

func (a *actor) hasRoom() bool {
	switch {
	case len(a.pending) >= maxPending:
		return false
	case a.unsaved >= a.hub.options.SnapshotEvery && len(a.pending) > 0:
		return false // let the commits catch up, since a snapshot holds only what is durable
	}
	return true
}

// openAgent is ready when the agent has sent something, while the receivers of its
// messages keep up.
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

// committed is ready when the oldest append has an outcome.
func (a *actor) committed() <-chan struct{} {
	if len(a.pending) == 0 || a.recovery.running() {
		return nil
	}
	return a.pending[0].commit.Done()
}

// leave reports that a connection was closed. Any goroutine may call it, and it does
// not wait.
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

// courier returns the actor's courier to a session, and starts it at the first call.
func (a *actor) courier(to journal.SessionID) *courier.Courier {
	c, ok := a.couriers[to]
	if !ok {
		c = courier.Start(a.hub.carrier(a.id, to), a.nudge)
		a.couriers[to] = c
	}
	return c
}

// dropCouriers stops the couriers that have nothing to carry and are not needed.
func (a *actor) dropCouriers(needed func(journal.SessionID) bool) {
	for to, c := range a.couriers {
		if c.Waiting() == 0 && !needed(to) {
			c.Stop(time.Now())
			delete(a.couriers, to)
		}
	}
}
