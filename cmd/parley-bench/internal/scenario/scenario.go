package scenario

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Scenario is something to measure. See its Goals for the bounds of its figures.
type Scenario struct {
	Kind     string
	Settings []report.Setting
	Goals    []report.Goal
	Beside   string // name of the server beside Parley; none if empty
	Files    int    // files that the server has open, and the load as well

	// prepare fills the data directory that all runs use. It is nil if each run
	// begins with an empty one.
	prepare func(ctx context.Context, l target.Lab, dir string) error
	run     func(ctx context.Context, l target.Lab, which target.Server, dir string) (report.Figures, error)
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

// measure calls talk and reads clocks and counters twice meanwhile: after the warm-up,
// and at the end. talk has to return when over is closed.
func (t Timing) measure(server target.Target, of *meter.Tally, talk func(over <-chan struct{}) error) (span, error) {
	over, talked := make(chan struct{}), make(chan error, 1)
	go func() { talked <- talk(over) }() // waited for below
	var a reading
	wait := func(d time.Duration) bool {
		select {
		case err := <-talked:
			talked <- errors.Join(errEarly, err)
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
	return between(a, b), <-talked
}

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
