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

// plan is what is to be simulated. All of a run follows from it, but for the
// order in which goroutines run that are let loose at one time.
type plan struct {
	seed uint64
	calm bool  // one thing at a time, and then everything comes to rest
	flaw flaw  // what is broken on purpose
	only []int // the steps that are taken; nil for all
}

// run is one simulated history. Its root is one goroutine, which decides what
// happens next while everything else is at rest.
type run struct {
	// immutable
	plan
	options      hub.Options
	agentsForget bool // agents cannot load an earlier session
	length       int  // in steps
	disk         *disk
	*transcript
	work sync.WaitGroup // of clients

	// owned by root
	processes []*process
	taken     []int // the steps that were taken

	// guarded by mu
	mu        sync.Mutex
	host      *hostSession
	rooms     []*room
	creations []*creation
	people    []*person
	orders    []*order
	orderOf   map[string]*order
	agents    []*agent
	launches  int
	opened    int // connections
	asked     int
	chunks    int
	said      map[*process][]int // which chunks, by the process that heard them
	prompted  map[string]string  // what the agent was given, by approval
	responded map[string]string  // how its questions were answered
	settling  bool
	lastWord  bool            // was said
	met       map[string]bool // what has happened, by names of all kinds
	stopped   bool            // a participant asked for the agent's end
	operated  bool            // somebody cancelled or deleted on the host session

	// guarded by found
	found sync.Mutex
	wrong error // the first violation
}

// simulate carries a plan out and returns what was wrong. It has to be called in
// a bubble of synctest.
func simulate(p plan) *run {
	rng := rand.New(rand.NewPCG(p.seed, 1<<32))
	r := &run{
		plan: p, transcript: newTranscript(), disk: newDisk(p.seed, p.flaw), orderOf: map[string]*order{},
		prompted: map[string]string{}, responded: map[string]string{},
		said: map[*process][]int{}, met: map[string]bool{},
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
	r.settle()
	r.close()
	return r
}

// open begins with one process, one agent and a room.
func (r *run) open(rng *rand.Rand) {
	r.start()
	hs, err := r.now().hub.CreateHost(context.Background(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
	if err != nil {
		r.violation("no host session: %v", err)
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
		guest := r.joins(rng, r.rooms[0])
		r.mu.Unlock()
		guest.do()
		synctest.Wait()
	}
	synctest.Wait()
}

func (r *run) resume(p *person, cursor string) *protocol.Resume {
	return &protocol.Resume{ParticipantID: p.who.ParticipantID, ParticipantToken: p.who.Token, Cursor: cursor}
}

// take carries out one step: what happens follows from the seed, the step's
// number and what there is. Unless the run is calm some steps let several things
// loose at once.
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

// catchUp reads what has come to the disk.
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
	r.change(weather{})
	for _, p := range r.people {
		for _, c := range p.connections {
			r.drop(c)
		}
	}
	for _, p := range r.processes[:len(r.processes)-1] {
		r.kill(p)
	}
	r.retire(r.now())
	for _, p := range r.processes {
		select {
		case <-p.gone:
		case <-time.After(time.Hour):
			r.violation("process %d, which was killed, does not end", p.n)
		}
	}
	r.work.Wait()
	if r.violated() == nil && r.seed%3 == 0 { // it costs more than it finds
		r.catchUp()
		r.sameState()
	}
	_ = r.disk.store.Close()
}

// violation notes what must not be. The first one counts.
func (r *run) violation(format string, args ...any) {
	r.found.Lock()
	defer r.found.Unlock()
	if r.wrong == nil {
		r.wrong = fmt.Errorf(format, args...)
		r.came("!", "%v", r.wrong)
	}
}

func (r *run) violated() error {
	r.found.Lock()
	defer r.found.Unlock()
	return r.wrong
}

// nameOf is what the transcript calls an approval. It has to be called with mu
// held.
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

// connectionsTo are those to one process that have not ended.
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
