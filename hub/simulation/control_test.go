package simulation

import (
	"testing"
)

// A simulation that finds nothing may be unable to find anything, so it must find each
// flaw soon.
func TestSimulation_finds_each_flaw(t *testing.T) {
	flaws := []flaw{
		flawAcknowledgesEarly, flawLosesAppend, flawForgetsCommands, flawForgetsTurns, flawLosesAnswer,
		flawSkipsEvent, flawRepeatsEvent, flawSwapsAnswer, flawOtherBytes,
	}
	const soon = 300
	for _, f := range flaws {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(soon) {
				if r := bubble(t, plan{seed: seed, flaw: f}); r.violated() != nil {
					t.Logf("found with seed %d: %v", seed, r.violated())
					return
				}
			}
			t.Errorf("not found with %d seeds", soon)
		})
	}
}

// Most runs must have the same transcript; see the package's documentation for what is
// left to chance.
func TestSimulation_repeats_most_calm_runs(t *testing.T) {
	same := 0
	const of = 40
	for seed := range uint64(of) {
		once := bubble(t, plan{seed: seed, calm: true})
		again := bubble(t, plan{seed: seed, calm: true})
		if once.String() == again.String() {
			same++
		}
	}
	t.Logf("%d of %d", same, of)
	if same < of/2 {
		t.Errorf("only %d of %d runs had the same transcript", same, of)
	}
}
