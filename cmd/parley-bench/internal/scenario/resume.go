package scenario

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Resume measures how long it takes to load a long session after a restart.
type Resume struct {
	Events int
}

// Scenario returns the scenario with these settings.
func (r Resume) Scenario() Scenario {
	var room *target.ParleyRoom // set by prepare
	return Scenario{
		Kind:     "resume",
		Settings: []report.Setting{report.Number("events", r.Events)},
		Goals: []report.Goal{
			{Figure: report.FirstAnswer, AtMost: 100, Absolute: true},
			{Figure: report.FirstScreen, AtMost: 100, Absolute: true},
		},
		prepare: func(ctx context.Context, l target.Lab, dir string) (err error) {
			room, err = r.prepare(ctx, l, dir)
			return err
		},
		run: func(ctx context.Context, l target.Lab, _ target.Server, dir string) (report.Figures, error) {
			began := time.Now()
			t, err := l.StartParleyOn(ctx, dir)
			if err != nil {
				return nil, err
			}
			started := time.Since(began)
			figures, err := measureResume(ctx, t, room.On(t))
			if err == nil {
				figures[report.StartMS] = millis(started)
			}
			return figures, errors.Join(err, t.Stop())
		},
	}
}

// prepare creates a session with the events in a data directory.
func (r Resume) prepare(ctx context.Context, l target.Lab, dir string) (*target.ParleyRoom, error) {
	t, err := l.StartParleyOn(ctx, dir)
	if err != nil {
		return nil, err
	}
	room, err := t.ParleyRoom(ctx)
	if err == nil {
		err = r.fill(ctx, room)
	}
	return room, errors.Join(err, t.Stop())
}

// fill sends messages until the session has the events.
func (r Resume) fill(ctx context.Context, room target.Room) error {
	const inFlight = 512
	c, err := newGroupIn(ctx, room, meter.NewTally(), groupConfig{people: 1, size: 800, inFlight: inFlight})
	if err != nil {
		return err
	}
	err = c.sendUntil(ctx, inFlight, func(sent int) bool { return sent >= r.Events })
	return errors.Join(err, c.close())
}

// measureResume reads the session, which loads it, and joins it with 200 events.
func measureResume(ctx context.Context, t target.Target, r *target.ParleyRoom) (report.Figures, error) {
	began := time.Now()
	if err := r.Wake(ctx); err != nil {
		return nil, err
	}
	answered := time.Now()
	s, err := r.Join(ctx, 64<<10, 200)
	if err != nil {
		return nil, err
	}
	shown := time.Now()
	f := report.Figures{
		report.FirstAnswer: millis(answered.Sub(began)),
		report.FirstScreen: millis(shown.Sub(answered)),
	}
	addRSS(f, t)
	return f, s.Close()
}
