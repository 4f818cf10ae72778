package bench

import (
	"context"
	"errors"
	"time"

	"parley/protocol"
)

// Resume is a long session that nobody has used since the server started.
type Resume struct {
	Events int
}

// Scenario returns what there is to run.
func (r Resume) Scenario() Scenario {
	where := new(parleyRoom) // set by prepare
	return Scenario{
		Kind:     "resume",
		Settings: []Setting{{"events", r.Events}},
		Goals: []Goal{
			{Figure: firstAnswer, AtMost: 100, Absolute: true},
			{Figure: firstScreen, AtMost: 100, Absolute: true},
		},
		prepare: func(ctx context.Context, l Lab, dir string) error {
			return r.prepare(ctx, l, dir, where)
		},
		run: func(ctx context.Context, l Lab, _ Server, dir string) (Figures, error) {
			began := time.Now()
			t, err := l.parleyOn(ctx, dir)
			if err != nil {
				return nil, err
			}
			started := time.Since(began)
			figures, err := comeBack(ctx, t, *where)
			if err == nil {
				figures[startMS] = millis(started)
			}
			return figures, errors.Join(err, t.stop())
		},
	}
}

// prepare lets one talk in a room until there are enough events.
func (r Resume) prepare(ctx context.Context, l Lab, dir string, where *parleyRoom) error {
	t, err := l.parleyOn(ctx, dir)
	if err != nil {
		return err
	}
	return errors.Join(r.fill(ctx, t, where), t.stop())
}

func (r Resume) fill(ctx context.Context, t *parleyTarget, where *parleyRoom) error {
	made, err := t.room(ctx)
	if err != nil {
		return err
	}
	*where = *made.(*parleyRoom)
	const underWay = 512
	c, err := gatherIn(ctx, made, newTally(), gathering{people: 1, size: 800, underWay: underWay})
	if err != nil {
		return err
	}
	err = c.talk(ctx, underWay, func(sent int) bool { return sent >= r.Events })
	return errors.Join(err, c.leave())
}

// comeBack reads the session, which wakes it, and joins it with a first screen.
func comeBack(ctx context.Context, t *parleyTarget, r parleyRoom) (Figures, error) {
	r.target = t
	began := time.Now()
	var state protocol.StateAnswer
	if err := t.get(ctx, r.path(""), &state); err != nil {
		return nil, err
	}
	answered := time.Now()
	s, err := r.join(ctx, 64<<10, 200)
	if err != nil {
		return nil, err
	}
	shown := time.Now()
	f := Figures{
		firstAnswer: millis(answered.Sub(began)),
		firstScreen: millis(shown.Sub(answered)),
	}
	addRSS(f, t)
	return f, s.Close()
}
