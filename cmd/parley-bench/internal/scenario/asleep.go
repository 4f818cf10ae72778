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

// Asleep measures a server with many unused sessions, compared with one without sessions.
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
		Baseline: "empty",
		prepare: func(ctx context.Context, l target.Lab, dir string) error {
			return Fill(ctx, l, dir, a.Sessions)
		},
		run: func(ctx context.Context, l target.Lab, which target.Server, dir string) (report.Figures, error) {
			if which == target.Baseline {
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

// run starts a server on a data directory, and measures a room with ten participants.
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
	s, latency, err := f.measureGroup(ctx, t, f.Subscribers)
	if err != nil {
		return nil, err
	}
	room := s.figures(latency)
	maps.Copy(room, figures) // with the memory from before the messages
	return room, nil
}
