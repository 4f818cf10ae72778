package scenario

import (
	"context"
	"errors"
	"maps"
	"time"

	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Asleep measures a server with many unused sessions, beside one without sessions.
type Asleep struct {
	Timing
	Sessions int
}

// Scenario returns the scenario with these settings.
func (a Asleep) Scenario() Scenario {
	return Scenario{
		Kind:     "asleep",
		Settings: []report.Setting{report.Number("sessions", a.Sessions)},
		Goals: []report.Goal{
			{Figure: report.StartMS, AtMost: 1.1}, {Figure: report.RSS, AtMost: 1.1},
			{Figure: report.P50, AtMost: 1.1}, {Figure: report.CPUPerMillion, AtMost: 1.1},
		},
		Beside: "empty",
		prepare: func(ctx context.Context, l target.Lab, dir string) error {
			return Fill(ctx, l, dir, a.Sessions)
		},
		run: func(ctx context.Context, l target.Lab, which target.Server, dir string) (report.Figures, error) {
			if which == target.Beside {
				empty, remove, err := machine.TempDir()
				if err != nil {
					return nil, err
				}
				defer remove()
				dir = empty
			}
			return a.run(ctx, l, dir)
		},
	}
}

// run starts a server on the data, and measures talk among ten participants.
func (a Asleep) run(ctx context.Context, l target.Lab, dir string) (_ report.Figures, err error) {
	began := time.Now()
	t, err := l.StartParleyOn(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Stop()) }()
	started := time.Since(began)
	figures := report.Figures{report.StartMS: millis(started)}
	addRSS(figures, t)
	f := Fanout{Timing: a.Timing, Subscribers: 10, Transport: target.WebSocket, Window: 1, Size: 800}
	s, latency, err := f.gather(ctx, t, f.Subscribers)
	if err != nil {
		return nil, err
	}
	talking := s.figures(latency)
	maps.Copy(talking, figures) // the memory before the talk
	return talking, nil
}
