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
	"parley/hub/internal/agentinbox"
	"parley/hub/internal/background"
	"parley/hub/internal/limit"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Hub is all sessions of a process: it loads them, lets them sleep, wakes them and stops
// them. All methods are safe for concurrent use.
type Hub struct {
	// immutable
	journal  journal.Journal
	launcher Launcher
	options  Options
	rules    *rules.Settings
	writers  [journal.Partitions]journal.Writer // set by Start
	feed     *feed.Feed
	pace     *agentinbox.Pace
	life     context.Context    // ends when Stop gives up
	giveUp   context.CancelFunc // ends life

	agents   *limit.Owned // for the agents that run or start
	prompts  limit.Budget // bytes of the prompts that sessions in memory hold
	refusals limit.Refusals
	quota    *limit.Quota // of active shared sessions
	unready  atomic.Bool  // the journal was not ready at the last call of Ready, which logs changes

	uploads uploads

	waker      background.Worker // wakes sleeping sessions
	sweeper    background.Worker // deletes files that are not needed
	feedRunner background.Worker // runs feed
	stopping   sync.Once
	stopErr    error // of Stop; set once

	// guarded by mu
	mu     sync.Mutex
	phase  hubPhase
	live   map[journal.SessionID]*entry
	lost   [journal.Partitions]bool // partitions that another process has claimed since Start
	actors sync.WaitGroup           // goroutines of actors, and of losePartition; Stop waits for them
}

type hubPhase int

const (
	phaseNew hubPhase = iota
	phaseServing
	phaseDraining // clients are refused; sessions still send messages to each other
	phaseStopped
)

// errStopped is the error before Start and once the hub stops. Nothing was done; a client
// that reconnects finds the next server.
var errStopped = protocol.Errorf(protocol.CodeJournalUnavailable, "the server is stopping")

// New returns a hub, which does nothing before [Hub.Start]. The key signs all tokens; with
// another key they are invalid. The caller closes the journal after [Hub.Stop].
func New(j journal.Journal, launcher Launcher, key rules.Key, o Options) *Hub {
	o = o.withDefaults()
	life, giveUp := context.WithCancel(context.Background())
	h := &Hub{
		journal:  j,
		launcher: launcher,
		options:  o,
		rules:    o.settings(key),
		life:     life,
		giveUp:   giveUp,
		agents:   limit.NewOwned(o.MaxAgents, o.MaxOwnAgents),
		live:     map[journal.SessionID]*entry{},
	}
	h.quota = limit.NewQuota(o.MaxSessions, func(ctx context.Context) (int, error) {
		return j.Count(ctx, journal.Filter{Kind: journal.KindShared, Status: string(protocol.StatusActive), Limit: o.MaxSessions})
	})
	h.feed = feed.New(j, o.feed(h.Refused))
	h.pace = agentinbox.NewPace(h.feed.Connections)
	return h
}

// Start claims the journal's partitions, and begins to wake sessions when they are due: at
// once those that a crash has interrupted. It is called once. It returns the errors of
// [journal.Journal.Own].
func (h *Hub) Start(ctx context.Context) error {
	for p := range h.writers {
		w, err := h.journal.Own(ctx, journal.Partition(p))
		if err != nil {
			return fmt.Errorf("start hub: %w", err)
		}
		h.writers[p] = w
	}
	h.dropRecordings(ctx)
	h.setPhase(phaseServing)
	h.waker.Start(h.wakeSleeping)
	h.sweeper.Start(h.sweep)
	h.feedRunner.Start(func(ctx context.Context) { h.feed.Run(ctx, h.options.Logger) })
	return nil
}

// readyTimeout is how long the journal may take to report whether it is ready.
const readyTimeout = 5 * time.Second

// Ready returns nil if the hub accepts commands and the journal can be written, and
// JOURNAL_UNAVAILABLE with the reason otherwise. It tests the journal at most about once a
// second, and returns within 5 seconds.
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

// serving returns nil if the hub accepts commands, and errStopped otherwise.
func (h *Hub) serving() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.phase != phaseServing {
		return errStopped
	}
	return nil
}

// Stop lets every session finish: it commits and shows what was decided, ends the agents,
// and closes connections with a code that tells clients to reconnect. Then it releases the
// journal's partitions. Host sessions stop first, so that shared sessions receive the ends
// of their turns. A further call waits for the first and returns its error.
//
// If ctx ends first, as on a disk that does not answer, Stop returns its error. Sessions
// then stop waiting, and clients do not receive what was not confirmed.
func (h *Hub) Stop(ctx context.Context) error {
	h.stopping.Do(func() { h.stopErr = h.stopUntil(ctx) })
	return h.stopErr
}

func (h *Hub) stopUntil(ctx context.Context) error {
	stopped := make(chan error, 1)
	go func() { // ends with the last session; if ctx ends first, once the disk answers
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
	h.waker.Stop()
	h.sweeper.Stop()
	hosts := func(a *actor) bool { return a.kind == journal.KindHost }
	h.stopAll(hosts)
	h.setPhase(phaseStopped)
	h.stopAll(func(a *actor) bool { return a.kind == journal.KindShared })
	h.stopAll(hosts) // host sessions whose load was under way before
	h.actors.Wait()
	h.feedRunner.Stop()
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
