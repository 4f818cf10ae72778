package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Hub is every session of this process: it finds them, wakes them, lets them
// sleep and stops them. All methods may be called from several goroutines.
type Hub struct {
	// immutable
	journal  journal.Journal
	launcher Launcher
	options  Options
	rules    *rules.Settings
	agents   *agentSlots
	writers  [journal.Partitions]journal.Writer // set by Start
	timer    worker                             // wakes sleeping sessions
	feed     *feed.Feed
	prompts  Budget             // of the prompts that sessions in memory keep
	relief   worker             // ends connections for the sake of others
	life     context.Context    // ends when Stop gives up
	giveUp   context.CancelFunc // ends life
	stopping sync.Once
	stopErr  error       // of the one stop
	unready  atomic.Bool // what Ready found last, to log when it changes

	// guarded by mu
	mu     sync.Mutex
	phase  hubPhase
	live   map[journal.SessionID]*entry
	lost   [journal.Partitions]bool // claimed by another process since
	actors sync.WaitGroup           // every actor's goroutine, and who ends those of a lost partition; Stop waits for them
}

type hubPhase int

const (
	phaseNew hubPhase = iota
	phaseServing
	phaseDraining // nothing from outside; sessions still talk with each other
	phaseStopped
)

// entry is a session in memory, or on its way there.
type entry struct {
	ready chan struct{} // closed when actor or err is set
	actor *actor
	err   error
	refs  int // senders that have the actor and have not sent yet; guarded by Hub.mu
	kind  journal.Kind
}

// errStopped answers while the hub takes nothing: before Start, and once it
// stops. Nothing was done, and coming back finds the next server.
var errStopped = protocol.Errorf(protocol.CodeJournalUnavailable, "the server is stopping")

// New makes a hub. Nothing happens before Start.
func New(j journal.Journal, launcher Launcher, key rules.Key, o Options) *Hub {
	o = o.withDefaults()
	life, giveUp := context.WithCancel(context.Background())
	return &Hub{
		life:     life,
		giveUp:   giveUp,
		journal:  j,
		launcher: launcher,
		options:  o,
		rules:    o.settings(key),
		agents:   &agentSlots{most: o.MaxAgents},
		feed:     feed.New(j, o.feed()),
		live:     map[journal.SessionID]*entry{},
	}
}

// Start claims the journal's partitions, wakes the sessions that owe something
// since the last run, and starts the timer of those that sleep.
func (h *Hub) Start(ctx context.Context) error {
	for p := range h.writers {
		w, err := h.journal.Own(ctx, journal.Partition(p))
		if err != nil {
			return fmt.Errorf("start hub: %w", err)
		}
		h.writers[p] = w
	}
	h.setPhase(phaseServing)
	h.timer.start(h.wakeSleeping)
	h.relief.start(func(ctx context.Context) { h.feed.Run(ctx, h.options.Logger) })
	return nil
}

// Ready reports whether the hub takes commands and the journal can be written:
// nil, or why not. It looks anew, at most about once a second, and returns
// within readyTimeout.
func (h *Hub) Ready(ctx context.Context) error {
	if err := h.serving(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	err := h.journal.Ready(ctx)
	if h.unready.Swap(err != nil) != (err != nil) {
		if err != nil {
			h.options.Logger.Error("the journal cannot be written", zap.Error(err))
		} else {
			h.options.Logger.Info("the journal can be written again")
		}
	}
	if err != nil {
		return protocol.Errorf(protocol.CodeJournalUnavailable, "the journal cannot be written: %v", err)
	}
	return nil
}

// readyTimeout is how long the journal may take to say whether it is ready.
const readyTimeout = 5 * time.Second

// serving reports whether the hub takes commands: nil, or why not.
func (h *Hub) serving() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.phase != phaseServing {
		return errStopped
	}
	return nil
}

// Stop lets every session finish: what was decided is committed and shown,
// agents are ended, connections are told to come back. Then the journal's
// partitions are released. Host sessions stop first, so that shared sessions
// still hear how their turns ended. Called again, it waits for the same.
//
// When ctx ends first, as on a disk that does not answer, Stop returns its error:
// sessions then wait for nothing more, and what was not confirmed is not shown.
func (h *Hub) Stop(ctx context.Context) error {
	h.stopping.Do(func() { h.stopErr = h.stopUntil(ctx) })
	return h.stopErr
}

func (h *Hub) stopUntil(ctx context.Context) error {
	stopped := make(chan error, 1)
	go func() { // ends with the last session; without ctx, when the disk answers
		defer h.giveUp()
		stopped <- h.stop(ctx)
	}()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
		h.giveUp()
		return fmt.Errorf("stop hub: %w", ctx.Err())
	}
}

func (h *Hub) stop(ctx context.Context) error {
	h.setPhase(phaseDraining)
	h.timer.stop()
	hosts := func(a *actor) bool { return a.kind == journal.KindHost }
	h.stopAll(hosts)
	h.setPhase(phaseStopped)
	h.stopAll(func(a *actor) bool { return a.kind == journal.KindShared })
	h.stopAll(hosts) // one that was being loaded when the others stopped
	h.actors.Wait()
	h.relief.stop()
	var errs []error
	for _, w := range h.writers {
		if w != nil {
			errs = append(errs, w.Release(ctx))
		}
	}
	return errors.Join(errs...)
}

func (h *Hub) setPhase(p hubPhase) {
	h.mu.Lock()
	h.phase = p
	h.mu.Unlock()
}

// stopAll stops the actors that match, all at once, and waits for them.
func (h *Hub) stopAll(match func(*actor) bool) {
	for {
		actors := h.actorsThat(match)
		if len(actors) == 0 {
			return
		}
		for _, a := range actors {
			a.stop()
		}
		for _, a := range actors {
			<-a.done
			h.forget(a)
		}
	}
}

// actorsThat returns the actors that match, after those that were being loaded
// have come.
func (h *Hub) actorsThat(match func(*actor) bool) []*actor {
	h.mu.Lock()
	var entries []*entry
	for _, e := range h.live {
		entries = append(entries, e)
	}
	h.mu.Unlock()
	var actors []*actor
	for _, e := range entries {
		<-e.ready
		if e.err == nil && match(e.actor) {
			actors = append(actors, e.actor)
		}
	}
	return actors
}

// forget takes out an actor that has ended, unless another has taken its place.
func (h *Hub) forget(a *actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e := h.live[a.id]; e != nil && e.actor == a {
		delete(h.live, a.id)
	}
}

// acquire returns a session's actor, waking it if need be. Until let go of, the
// actor does not go to sleep.
func (h *Hub) acquire(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool) (*entry, error) {
	h.mu.Lock()
	switch {
	case h.phase == phaseNew || h.phase == phaseStopped:
		h.mu.Unlock()
		return nil, errStopped
	case h.lost[id.Partition()]:
		h.mu.Unlock()
		return nil, errMoved
	}
	e, known := h.live[id]
	if !known {
		e = &entry{ready: make(chan struct{})}
		h.live[id] = e
		h.actors.Go(func() { h.bring(e, id, kind, create) })
	}
	e.refs++
	h.mu.Unlock()
	select {
	case <-e.ready:
	case <-ctx.Done():
		h.letGo(e)
		return nil, ctx.Err()
	}
	if e.err != nil {
		return nil, e.err
	}
	return e, nil
}

func (h *Hub) letGo(e *entry) {
	h.mu.Lock()
	e.refs--
	h.mu.Unlock()
}

// bring loads a session, or makes a new one of the kind, and runs its actor.
func (h *Hub) bring(e *entry, id journal.SessionID, kind journal.Kind, create bool) {
	l, err := h.load(h.life, id)
	if errors.Is(err, journal.ErrNotFound) && create {
		l, err = h.unborn(id, kind), nil
	}
	if l.kind == journal.KindHost && err == nil && h.serving() != nil {
		err = errStopped // it would start its agent again
	}
	if err != nil {
		e.err = err
		h.mu.Lock()
		delete(h.live, id)
		h.mu.Unlock()
		close(e.ready)
		return
	}
	a := newActor(h, id, l)
	if l.kind == journal.KindHost {
		a.shell = newHostShell(a, l.shared)
	} else {
		a.shell = newSharedShell(a)
	}
	e.kind, e.actor = l.kind, a
	close(e.ready)
	a.run(l.shared)
}

// retire takes an actor out of the registry, unless somebody is about to send
// to it. Its goroutine ends after that.
func (h *Hub) retire(a *actor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, known := h.live[a.id]
	if !known || e.actor != a || e.refs > 0 || len(a.inbox)+len(a.mail) > 0 {
		return false
	}
	delete(h.live, a.id)
	return true
}

// deliver puts an input into a session's inbox. It blocks while that is full.
func (h *Hub) deliver(ctx context.Context, id journal.SessionID, in envelope) error {
	_, err := h.send(ctx, id, "", false, in)
	return err
}

// send delivers to a session of a kind, or of any when kind is empty. The
// channel that it returns is closed when the actor ends, which answers nothing
// any more then.
func (h *Hub) send(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, in envelope) (ended <-chan struct{}, err error) {
	e, err := h.acquire(ctx, id, kind, create)
	if err != nil {
		return nil, err
	}
	defer h.letGo(e)
	if kind != "" && e.kind != kind {
		return nil, journal.ErrNotFound
	}
	box := e.actor.inbox
	if in.reply == nil {
		box = e.actor.mail
	}
	select {
	case box <- in:
		return e.actor.done, nil
	case <-e.actor.done:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ask sends an input and waits for its answer.
func (h *Hub) ask(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, body any) (result, error) {
	if err := h.serving(); err != nil {
		return result{}, err
	}
	answered := make(chan result, 1) // from the actor, once
	in := envelope{Input: rules.Input{Body: body}, reply: func(r result) { answered <- r }}
	sending, cancel := context.WithTimeout(ctx, sendPatience)
	ended, err := h.send(sending, id, kind, create, in)
	cancel()
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return result{}, journalUnavailable()
	case err != nil:
		return result{}, h.unreachable(err)
	}
	select {
	case r := <-answered:
		return r, r.err
	case <-ended:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	select {
	case r := <-answered: // as the last thing that the session did
		return r, r.err
	default:
		return result{}, errStopped
	}
}

// unreachable makes an error of loading a session one for clients.
func (h *Hub) unreachable(err error) error {
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return protocol.Errorf(protocol.CodeSessionNotFound, "no such session")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, errStopped), errors.Is(err, errMoved):
		return err
	}
	h.options.Logger.Error("a session cannot be loaded", zap.Error(err))
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeJournalUnavailable, "the session cannot be read now"), err)
}
