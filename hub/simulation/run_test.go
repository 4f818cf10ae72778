package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// plan determines a run, except for the order in which goroutines run that are ready at
// the same time.
type plan struct {
	seed uint64
	calm bool  // a step does one thing, and waits until everything is at rest
	flaw flaw  // a defect introduced on purpose
	only []int // the steps to take; nil for all
}

// run is one simulated history. Its root, one goroutine, decides what happens next while
// everything else is at rest.
type run struct {
	// immutable
	plan
	options      hub.Options
	agentsForget bool // agents cannot load sessions
	length       int  // number of steps
	disk         *disk
	*transcript
	work sync.WaitGroup // the goroutines of clients; close ends them and waits

	// owned by the root
	processes []*process
	taken     []int // the steps taken so far

	// guarded by mu
	mu             sync.Mutex
	host           *hostSession
	rooms          []*room
	creations      []*creation
	people         []*person
	operations     []*operation
	operationByID  map[string]*operation
	agents         []*agent
	launches       int
	opened         int // number of connections ever opened
	asked          int
	chunks         int
	said           map[*process][]int // numbers of updates, by the process that received them
	prompted       map[string]string  // the text that the agent received, by approval
	responded      map[string]string  // the answers that the agent received, by request
	finishing      bool
	finalChunkSent bool            // the last update of the agents was emitted
	covered        map[string]bool // what has happened: event types, close codes, error codes and more
	stopped        bool            // a participant has stopped the agent
	operated       bool            // an operator has cancelled a turn or deleted the host session

	// guarded by violationMu
	violationMu    sync.Mutex
	firstViolation error // nil if none
}

// simulate carries out a plan in a bubble of synctest. See run.violated for the result.
func simulate(p plan) *run {
	rng := rand.New(rand.NewPCG(p.seed, 1<<32))
	r := &run{
		plan: p, transcript: newTranscript(), disk: newDisk(p.seed, p.flaw), operationByID: map[string]*operation{},
		prompted: map[string]string{}, responded: map[string]string{},
		said: map[*process][]int{}, covered: map[string]bool{},
	}
	r.options = hub.Options{
		MaxParticipants:   6,
		MaxOwnConnections: 4,
		MaxPending:        4,
		MaxOwnPending:     2,
		MaxQueued:         3,
		MaxBacklog:        1500 + rng.IntN(6000),
		PermissionTimeout: 40 * time.Second,
		TurnTimeout:       []time.Duration{0, 20 * time.Second}[rng.IntN(2)],
		CancelGrace:       2 * time.Second,
		AgentIdleAfter:    []time.Duration{time.Second, 20 * time.Second, 10 * time.Minute}[rng.IntN(3)],
		IdleAfter:         []time.Duration{50 * time.Millisecond, 5 * time.Second, 5 * time.Minute}[rng.IntN(3)],
		SnapshotEvery:     []int{3, 10, 1000}[rng.IntN(3)],
		JournalRetry:      5 * time.Second,
	}
	r.agentsForget = rng.IntN(4) == 0
	r.length = 5 + rng.IntN([]int{15, 15, 15, 60}[rng.IntN(4)])
	r.open(rng)
	for i := 0; i < r.length && r.violated() == nil; i++ {
		if p.only == nil || slices.Contains(p.only, i) {
			r.take(i)
		}
	}
	r.finish()
	r.close()
	return r
}

// open starts a process, an agent and a room with some guests.
func (r *run) open(rng *rand.Rand) {
	r.start()
	hs, err := r.now().hub.CreateHost(context.Background(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
	if err != nil {
		r.violation("cannot create a host session: %v", err)
		return
	}
	id, _ := journal.ParseSessionID(hs.ID)
	r.host = r.newHostSession(id)
	r.mu.Lock()
	first := r.newCreation(rng)
	r.mu.Unlock()
	r.share(first, r.now())
	synctest.Wait()
	for range rng.IntN(3) {
		r.mu.Lock()
		guest := r.join(rng, r.rooms[0])
		r.mu.Unlock()
		guest.do()
		synctest.Wait()
	}
	synctest.Wait()
}

func (r *run) resume(p *person, cursor string) *protocol.Resume {
	return &protocol.Resume{ParticipantID: p.who.ParticipantID, ParticipantToken: p.who.Token, Cursor: cursor}
}

// take takes one step. What happens depends on the seed, the step's number and the current
// state. Unless the run is calm, some steps do several things at the same time.
func (r *run) take(i int) {
	rng := rand.New(rand.NewPCG(r.seed, uint64(i)))
	synctest.Wait()
	together := 1
	if !r.calm && rng.IntN(3) == 0 {
		together = 2 + rng.IntN(5)
	}
	var actions []action
	for range together {
		if a := r.choose(rng); a.do != nil {
			actions = append(actions, a)
		}
	}
	for _, a := range actions {
		r.step("[%d] %s", i, a.what)
	}
	for _, a := range actions {
		a.do()
	}
	r.taken = append(r.taken, i)
	synctest.Wait()
	r.catchUp()
}

// catchUp reads new events from the disk.
func (r *run) catchUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host.catchUp()
	for _, m := range r.rooms {
		m.catchUp()
	}
}

// close ends everything that the run has started.
func (r *run) close() {
	r.change(faults{})
	for _, p := range r.people {
		for _, c := range p.connections {
			r.drop(c)
		}
	}
	for _, p := range r.processes[:len(r.processes)-1] {
		r.kill(p)
	}
	r.shutDown(r.now())
	for _, p := range r.processes {
		select {
		case <-p.gone:
		case <-time.After(time.Hour):
			r.violation("process %d, which was killed, does not stop", p.n)
		}
	}
	r.work.Wait()
	if r.violated() == nil && r.seed%3 == 0 { // checking all would cost more than it finds
		r.catchUp()
		r.checkSnapshots()
	}
	_ = r.disk.store.Close()
}

// violation records a violation of what the hub promises. The first one counts.
func (r *run) violation(format string, args ...any) {
	r.violationMu.Lock()
	defer r.violationMu.Unlock()
	if r.firstViolation == nil {
		r.firstViolation = fmt.Errorf(format, args...)
		r.record("!", "%v", r.firstViolation)
	}
}

func (r *run) violated() error {
	r.violationMu.Lock()
	defer r.violationMu.Unlock()
	return r.firstViolation
}

// nameOf returns the name of an approval in the transcript. The caller holds mu.
func (r *run) nameOf(approval string) string {
	for i, m := range r.rooms {
		m.catchUp()
		for j, p := range m.prompts {
			if p.id == approval {
				return fmt.Sprintf("prompt %d.%d", i+1, j+1)
			}
		}
	}
	return approval
}

// connectionsTo returns the open connections to a process.
func (r *run) connectionsTo(p *process) []*connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	var open []*connection
	for _, who := range r.people {
		for _, c := range who.connections {
			if c.process == p && !c.ended {
				open = append(open, c)
			}
		}
	}
	return open
}
