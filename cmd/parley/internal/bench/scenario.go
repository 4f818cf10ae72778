package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Scenario is something to measure.
type Scenario struct {
	Kind     string
	Settings []Setting
	Goals    []Goal
	Beside   string // what stands beside Parley; nothing if empty
	Files    int    // that server and load have open at least, each of them

	// prepare makes the data directory that all runs use; nil where each begins
	// with an empty one.
	prepare func(ctx context.Context, l Lab, dir string) error
	run     func(ctx context.Context, l Lab, which Server, dir string) (Figures, error)
}

// Setting is one of a scenario's.
type Setting struct {
	Name  string
	Value any // a number or a string
}

// Name says what is measured, with the settings. Two scenarios with the same
// name measure the same.
func (s Scenario) Name() string {
	var b strings.Builder
	b.WriteString(s.Kind)
	for _, set := range s.Settings {
		fmt.Fprintf(&b, " %s=%v", set.Name, set.Value)
	}
	return b.String()
}

// Timing is how long a run goes on.
type Timing struct {
	Duration time.Duration // that is measured
}

// warmUp is what comes before.
func (t Timing) warmUp() time.Duration { return t.Duration / 4 }

// measure runs talk until clocks and counters have been read twice: after the
// warm-up, and at the end. Talk has to end when over is closed.
func (t Timing) measure(server target, of *tally, talk func(over <-chan struct{}) error) (span, error) {
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
		of.measuring.Store(true)
		a = read(server, of)
		wait(t.Duration)
	}
	b := read(server, of)
	of.measuring.Store(false)
	close(over)
	return between(a, b), <-talked
}

var errEarly = errors.New("the run has ended early")

// isOver reports whether over is closed.
func isOver(over <-chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
		return false
	}
}
