package scenario

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Scenario is a measurement with its settings and goals.
type Scenario struct {
	Kind     string
	Settings []report.Setting
	Goals    []report.Goal
	Baseline string // name of what Parley is compared with; empty if with nothing
	Files    int    // number of files that the server has open, and the load as well

	// prepare fills the data directory that all runs use. It is nil if each run
	// begins with an empty one.
	prepare func(ctx context.Context, l target.Lab, dir string) error
	run     runFunc
}

// Name describes the scenario, with its settings. Two scenarios with the same
// name measure the same.
func (s Scenario) Name() string { return report.Name(s.Kind, s.Settings) }

// Timing is how long a run lasts.
type Timing struct {
	Duration time.Duration // measured time
}

// warmUp returns the time before the first reading.
func (t Timing) warmUp() time.Duration { return t.Duration / 4 }

// measure runs load and reads all clocks and counters after the warm-up and at the end. load
// must return when over is closed.
func (t Timing) measure(server target.Target, of *meter.Tally, load func(over <-chan struct{}) error) (span, error) {
	over, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- load(over) }() // closing over ends it; waited for below
	var a reading
	wait := func(d time.Duration) bool {
		select {
		case err := <-ended:
			ended <- errors.Join(errEarly, err)
			return false
		case <-time.After(d):
			return true
		}
	}
	if wait(t.warmUp()) {
		of.Measuring.Store(true)
		a = read(server, of)
		wait(t.Duration)
	}
	b := read(server, of)
	of.Measuring.Store(false)
	close(over)
	return between(a, b), <-ended
}

// errEarly reports that the load ended before the measured time.
var errEarly = errors.New("the run ended early")

// isOver reports whether over is closed.
func isOver(over <-chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
		return false
	}
}
