package simulation

import (
	"fmt"
	"math/rand/v2"
)

// action is one thing that a step does. do does not wait for the consequences.
type action struct {
	what string
	do   func()
}

// choice is a kind of action with its weight.
type choice struct {
	weight int
	choose func(*run, *rand.Rand) action
}

var choices = []choice{
	{40, (*run).command},
	{8, (*run).resend},
	{5, (*run).newGuest},
	{9, (*run).reconnect},
	{5, (*run).disconnect},
	{4, (*run).pauseOrContinue},
	{24, (*run).agentActs},
	{14, (*run).diskChanges},
	{6, (*run).processEnds},
	{10, (*run).timePasses},
	{1, (*run).operate},
	{2, (*run).readState},
	{2, (*run).shareOrRetry},
}

// choose draws the next action. It changes nothing. The action has no do if it is not
// possible now.
func (r *run) choose(rng *rand.Rand) action {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, waiting := r.disk.state(); waiting > 0 && rng.IntN(3) == 0 {
		n := 1 + rng.IntN(waiting)
		if r.calm {
			n = 1
		}
		return action{fmt.Sprintf("the disk carries out %d of %d waiting writes", n, waiting), func() { r.disk.release(n) }}
	}
	total := 0
	for _, c := range choices {
		total += c.weight
	}
	n := rng.IntN(total)
	for _, c := range choices {
		if n -= c.weight; n < 0 {
			return c.choose(r, rng)
		}
	}
	return action{}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// oneOf draws an element; ok is false if there is none.
func oneOf[T any](rng *rand.Rand, from []T) (T, bool) {
	if len(from) == 0 {
		var none T
		return none, false
	}
	return pick(rng, from), true
}

func lastOf[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }
