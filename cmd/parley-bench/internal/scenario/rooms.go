package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Rooms measures many rooms at a fixed rate. In each one participant sends messages.
type Rooms struct {
	Timing
	Comparison
	Rooms  int
	People int     // participants of each
	Rate   float64 // messages per second, in all rooms together
	Size   int     // bytes of an event
}

// Scenario returns the scenario with these settings.
func (r Rooms) Scenario() Scenario {
	return Scenario{
		Kind:     "rooms",
		Settings: []report.Setting{report.Number("rooms", r.Rooms), report.Number("people", r.People), report.Number("rate", r.Rate), report.Number("size", r.Size)},
		Goals:    atFixedRate,
		Baseline: r.name(),
		Files:    r.Rooms * r.People,
		run:      r.onServer(r.run),
	}
}

// maxRoomInFlight is the maximum number of events in flight in one room.
const maxRoomInFlight = 256

func (r Rooms) run(ctx context.Context, t target.Target) (_ report.Figures, err error) {
	of := meter.NewTally()
	groups := make([]*group, r.Rooms)
	defer func() {
		for _, c := range groups {
			if c != nil {
				err = errors.Join(err, c.close())
			}
		}
	}()
	g := groupConfig{people: r.People, transport: target.WebSocket, size: r.Size, inFlight: maxRoomInFlight}
	err = parallel(8, r.Rooms, func(i int) (err error) {
		groups[i], err = newGroup(ctx, t, of, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := r.measure(t, of, func(over <-chan struct{}) error { return sendInTurn(ctx, groups, r.Rate, over) })
	if err != nil {
		return nil, err
	}
	return s.figures(&of.Latency), nil
}
