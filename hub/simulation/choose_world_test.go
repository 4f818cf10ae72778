package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/hub/rules"
)

// agentActs makes an agent emit events.
func (r *run) agentActs(rng *rand.Rand) action {
	a, ok := oneOf(rng, r.liveAgents())
	if !ok {
		return action{}
	}
	act := func(what string, do func()) action {
		return action{fmt.Sprintf("agent %d %s", a.n, what), func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			do()
		}}
	}
	switch n := rng.IntN(24); {
	case n == 0:
		code := rng.IntN(3)
		return act("exits", func() { a.emit(rules.AgentExited{ExitCode: &code, StderrTail: "oh"}) })
	case n < 5:
		return act("asks", func() { a.emit(a.ask()) })
	case n < 6 && len(a.asked) > 0:
		id := pick(rng, a.asked)
		return act("takes "+id+" back", func() { a.emit(rules.AgentWithdrawn{RequestID: id}) })
	case n < 14 && a.turn != "":
		var err error
		if rng.IntN(6) == 0 {
			err = errors.New("overloaded")
		}
		return act("ends its turn", func() { a.endTurn(err) })
	}
	many, size := 1+rng.IntN(6), rng.IntN(400)
	return act(fmt.Sprintf("emits %d updates", many), func() {
		for range many {
			a.emit(a.chunk(size))
		}
	})
}

// operate does what operators do to the host session.
func (r *run) operate(rng *rand.Rand) action {
	what, do := "cancels the running turn", (*hub.Hub).CancelHost
	if rng.IntN(6) == 0 {
		what, do = "deletes the host session", (*hub.Hub).DeleteHost
	}
	id, to := r.host.id.String(), r.now()
	return action{"an operator " + what, func() {
		r.mu.Lock()
		r.operated = true
		r.mu.Unlock()
		r.work.Go(func() { _ = do(to.hub, context.Background(), id) }) // its outcome does not matter
	}}
}

// diskChanges draws new faults of the disk.
func (r *run) diskChanges(rng *rand.Rand) action {
	now, _ := r.disk.state()
	to := faults{}
	switch rng.IntN(8) {
	case 0, 1, 2:
		to.held = true
	case 3:
		to.unwritten = uint64(20 + rng.IntN(81))
	case 4:
		to.written = uint64(20 + rng.IntN(81))
	case 5:
		to.unwritten, to.written, to.readErrors = 30, 30, 20
	case 6:
		to.readErrors = uint64(20 + rng.IntN(81))
	}
	if to == now {
		return action{}
	}
	return action{fmt.Sprintf("the disk: %+v", to), func() { r.change(to) }}
}

// change sets the disk's faults. If writes no longer wait, it carries out the waiting
// ones, in a calm run one by one.
func (r *run) change(to faults) {
	for r.calm && !to.held {
		if _, waiting := r.disk.state(); waiting == 0 {
			break
		}
		r.disk.release(1)
		synctest.Wait()
	}
	r.disk.change(to)
}

// processEnds kills the server, restarts it gracefully, or starts another one that takes
// over.
func (r *run) processEnds(rng *rand.Rand) action {
	former := r.former()
	switch n := rng.IntN(6); {
	case former != nil:
		return action{"the replaced server is killed", func() { r.kill(former) }}
	case n == 0:
		return action{"the server restarts gracefully", func() {
			now, _ := r.disk.state()
			now.held = false
			r.change(now)
			r.shutDown(r.now())
			r.start()
		}}
	case n == 1:
		return action{"another server takes over", r.start}
	}
	away := time.Duration(rng.IntN(3)*rng.IntN(5000)) * time.Millisecond
	return action{fmt.Sprintf("the server is killed, and starts again after %v", away), func() {
		r.kill(r.now())
		time.Sleep(away)
		r.start()
	}}
}

// former returns the server that was replaced and still runs, or nil.
func (r *run) former() *process {
	if n := len(r.processes); n > 1 {
		if p := r.processes[n-2]; !r.disk.isDead(p) {
			return p
		}
	}
	return nil
}

func (r *run) timePasses(rng *rand.Rand) action {
	d := pick(rng, []time.Duration{time.Millisecond, 60 * time.Millisecond, 200 * time.Millisecond, time.Second, 3 * time.Second, 6 * time.Second, 21 * time.Second, 45 * time.Second})
	return action{fmt.Sprintf("%v pass", d), func() { time.Sleep(d) }}
}
