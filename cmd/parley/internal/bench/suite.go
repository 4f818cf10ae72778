package bench

import (
	"context"
	"errors"
	"fmt"
)

// Scenario is something to measure.
type Scenario interface {
	// Name says what is measured, with its settings.
	Name() string
	run(ctx context.Context, t target) (Figures, error)
}

// Suite runs scenarios, each against Parley and raw in turns.
type Suite struct {
	Program  string // this program, to start servers with
	Pins     Pins
	Runs     int
	Progress func(format string, args ...any)
}

// Result is what a scenario has measured.
type Result struct {
	Scenario string    `json:"scenario"`
	Parley   []Figures `json:"parley"` // of each run
	Raw      []Figures `json:"raw"`
}

// Run measures a scenario.
func (s Suite) Run(ctx context.Context, what Scenario) (Result, error) {
	r := Result{Scenario: what.Name()}
	for i := range s.Runs {
		s.Progress("%s: run %d of %d, parley", what.Name(), i+1, s.Runs)
		f, err := measure(ctx, what, func() (target, error) { return startParley(ctx, s.Program, s.Pins) })
		if err != nil {
			return r, fmt.Errorf("%s: parley: %w", what.Name(), err)
		}
		r.Parley = append(r.Parley, f)
		s.Progress("%s: run %d of %d, raw", what.Name(), i+1, s.Runs)
		f, err = measure(ctx, what, func() (target, error) { return startRaw(ctx, s.Program, s.Pins) })
		if err != nil {
			return r, fmt.Errorf("%s: raw: %w", what.Name(), err)
		}
		r.Raw = append(r.Raw, f)
	}
	return r, nil
}

// measure runs a scenario once, against a server of its own.
func measure(ctx context.Context, what Scenario, start func() (target, error)) (Figures, error) {
	t, err := start()
	if err != nil {
		return nil, err
	}
	f, err := what.run(ctx, t)
	return f, errors.Join(err, t.stop())
}
