package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/flood"
	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Flood measures rooms, one of which a client floods, compared with the same rooms without
// the client.
type Flood struct {
	Timing
	Kind  flood.Kind
	Rooms int
	Size  int // bytes of an event
}

const (
	floodPeople = 10 // in each room, the speaker included
	// floodRate is how many messages per second each speaker sends, which is less than the
	// server allows.
	floodRate = 15
)

// Scenario returns the scenario with these settings.
func (f Flood) Scenario() Scenario {
	return Scenario{
		Kind:     "flood",
		Settings: []report.Setting{report.Text("kind", f.Kind), report.Number("rooms", f.Rooms), report.Number("size", f.Size)},
		Goals:    []report.Goal{{Figure: report.P99, AtMost: 1.2}},
		Baseline: "without",
		Files:    f.Rooms * floodPeople,
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			// The limits of the server are what is measured.
			t, err := l.StartParley(ctx, "--command-rate", "20", "--trusted-proxies", "127.0.0.1", "--insecure-open")
			if err != nil {
				return nil, err
			}
			figures, err := f.run(ctx, t, which == target.Parley)
			return figures, errors.Join(err, t.Stop())
		},
	}
}

func (f Flood) run(ctx context.Context, t *target.ParleyTarget, floods bool) (_ report.Figures, err error) {
	of := meter.NewTally()
	var groups []*group
	defer func() {
		for _, c := range groups {
			err = errors.Join(err, c.close())
		}
	}()
	var victim flood.Session
	for i := range f.Rooms {
		r, err := t.ParleyRoom(ctx)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if victim, err = r.Victim(ctx); err != nil {
				return nil, err
			}
		}
		c, err := newGroupIn(ctx, r, of, groupConfig{floodPeople, target.WebSocket, f.Size, 1 << 16})
		if err != nil {
			return nil, err
		}
		groups = append(groups, c)
	}
	flooding, stop := context.WithCancel(ctx)
	sent := make(chan int64, 1) // from the flood, once
	if floods {
		go func() { sent <- flood.Run(flooding, f.Kind, victim) }() // stop ends it; waited for below
	} else {
		sent <- 0
	}
	span, err := f.measure(t, of, func(over <-chan struct{}) error {
		return sendInTurn(ctx, groups, float64(floodRate*f.Rooms), over)
	})
	stop()
	figures := span.figures(&of.Latency)
	figures[report.FloodPerS] = float64(<-sent) / (f.Duration + f.warmUp()).Seconds()
	return figures, err
}
