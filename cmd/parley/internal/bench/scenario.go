package bench

import (
	"context"
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

// whole is both.
func (t Timing) whole() time.Duration { return t.warmUp() + t.Duration }

// measure runs talk, which goes on until its end, and reads clocks and counters
// after the warm-up and shortly before the end.
func (t Timing) measure(server target, of *tally, talk func(end time.Time) error) (span, error) {
	talked := make(chan error, 1)
	end := time.Now().Add(t.whole())
	go func() { talked <- talk(end) }() // waited for below
	early := func(err error) error {
		if err == nil {
			return fmt.Errorf("there was nothing more to measure")
		}
		return err
	}
	if err, over := after(t.warmUp(), talked); over {
		return span{}, early(err)
	}
	of.measuring.Store(true)
	a := read(server, of)
	if err, over := after(t.Duration*49/50, talked); over {
		return span{}, early(err)
	}
	b := read(server, of)
	of.measuring.Store(false)
	return between(a, b), <-talked
}

// after waits for a while. over is true when something has ended meanwhile.
func after(d time.Duration, ended <-chan error) (err error, over bool) {
	select {
	case err := <-ended:
		return err, true
	case <-time.After(d):
		return nil, false
	}
}
