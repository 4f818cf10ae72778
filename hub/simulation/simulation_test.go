package simulation

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // runs are small, and soon garbage
	goleak.VerifyTestMain(m)
}

// seeds is the number of runs. They are the same each time, so that a failure is due to a
// change; with PARLEY_SOAK=1 the seeds are new, and runs continue for soakDuration.
const (
	seeds        = 2000
	soakDuration = 5 * time.Minute
)

// See the package's documentation for PARLEY_SIM_SEED, with which the test simulates one
// run.
func TestHub_keeps_its_promises(t *testing.T) {
	if p, one := planFromEnvironment(t); one {
		report(t, p, bubble(t, p))
		return
	}
	first, until := uint64(0), time.Time{}
	if os.Getenv("PARLEY_SOAK") == "1" {
		first, until = uint64(time.Now().UnixNano()), time.Now().Add(soakDuration)
		t.Logf("the first seed is %d", first)
	}
	began, next, wrong := time.Now(), atomic.Uint64{}, atomic.Bool{}
	var met sync.Map
	more := func(n uint64) bool {
		return !wrong.Load() && (n < seeds || time.Now().Before(until))
	}
	t.Run("", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for n := next.Add(1) - 1; more(n); n = next.Add(1) - 1 {
					p := plan{seed: first + n, calm: n%4 == 0}
					if r := bubble(t, p); r.violated() != nil && !wrong.Swap(true) {
						report(t, p, r)
					} else {
						for what := range r.covered {
							met.Store(what, true)
						}
					}
				}
			})
		}
	})
	t.Logf("%.0f runs per second", float64(next.Load())/time.Since(began).Seconds())
	for _, what := range expectedCoverage {
		if _, seen := met.Load(what); !seen && !wrong.Load() {
			t.Errorf("no run has seen %s", what)
		}
	}
}

// expectedCoverage is what the runs must have seen. Otherwise the simulation tests less
// than it seems to.
var expectedCoverage = []string{
	"new", "ok", "gap", "duplicate", "1000", "1001", "4001", "4002", "4403", "4409",
	"message_created", "participant_joined", "participant_updated", "participant_left", "invite_rotated",
	"session_updated", "session_closed", "agent_status", "agent_session", "host_session_update",
	"prompt_pending_approval", "prompt_approved", "prompt_rejected", "prompt_queued", "prompt_cancelled",
	"prompt_dispatch_started", "prompt_dispatch_completed", "prompt_dispatch_failed",
	"permission_requested", "permission_resolved", "permission_withdrawn",
	"turn_queued", "turn_began", "turn_cancelling", "turn_stuck", "turn_over", "turn_confirmed", "host_session_deleted",
	"JOURNAL_UNAVAILABLE", "APPROVAL_ALREADY_RESOLVED", "PERMISSION_ALREADY_RESOLVED", "PARTICIPANT_REMOVED",
	"QUEUE_FULL", "TOO_MANY_PENDING", "SESSION_INACTIVE", "INVALID_INVITE_TOKEN",
}

// bubble carries out a plan with a clock of its own.
func bubble(t *testing.T, p plan) (r *run) {
	watchdog := time.AfterFunc(time.Minute, func() { panic(p.replay() + " hangs") })
	defer watchdog.Stop()
	synctest.Test(t, func(*testing.T) { r = simulate(p) })
	return r
}

// report fails the test if a run has violated a promise. It shows as few steps as still
// violate one.
func report(t *testing.T, p plan, r *run) {
	if r.violated() == nil {
		t.Log("\n" + r.String())
		return
	}
	small, again := shrink(t, p, r)
	t.Errorf("%s: %v\nwith %d of %d steps:\n%s\nreplay with %s", p.replay(), r.violated(), len(again.taken), len(r.taken), again, small.replay())
}

// replay returns the environment variables that simulate a plan again.
func (p plan) replay() string {
	s := fmt.Sprintf("PARLEY_SIM_SEED=%d", p.seed)
	if p.calm {
		s += " PARLEY_SIM_CALM=1"
	}
	if p.only != nil {
		s += " PARLEY_SIM_STEPS=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(p.only), " ", ","), "[]")
	}
	return s
}

func planFromEnvironment(t *testing.T) (p plan, set bool) {
	seed, set := os.LookupEnv("PARLEY_SIM_SEED")
	if !set {
		return p, false
	}
	var err error
	p.seed, err = strconv.ParseUint(seed, 10, 64)
	require.NoError(t, err)
	p.calm = os.Getenv("PARLEY_SIM_CALM") == "1"
	if steps, some := os.LookupEnv("PARLEY_SIM_STEPS"); some {
		p.only = []int{}
		for step := range strings.FieldsFuncSeq(steps, func(c rune) bool { return c == ',' }) {
			n, err := strconv.Atoi(step)
			require.NoError(t, err)
			p.only = append(p.only, n)
		}
	}
	return p, true
}

// shrink removes steps as long as the run still fails. It tries each plan several times,
// since the same plan does not always have the same outcome.
func shrink(t *testing.T, p plan, r *run) (plan, *run) {
	const tries, atMost = 4, 400
	p.only = r.taken
	runs := 0
	fails := func(steps []int) *run {
		for range tries {
			runs++
			smaller := p
			smaller.only = steps
			if again := bubble(t, smaller); again.violated() != nil {
				return again
			}
		}
		return nil
	}
	for size := (len(p.only) + 1) / 2; size > 0 && runs < atMost; size /= 2 {
		for from := 0; from < len(p.only) && runs < atMost; {
			rest := append(append([]int{}, p.only[:from]...), p.only[min(from+size, len(p.only)):]...)
			if again := fails(rest); again != nil {
				p.only, r = rest, again
			} else {
				from += size
			}
		}
	}
	return p, r
}
