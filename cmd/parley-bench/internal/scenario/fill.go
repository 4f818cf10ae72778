package scenario

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/store"
	"parley/cmd/parley-bench/internal/target"
)

// Fill writes about as many sessions into a data directory, half of them host sessions and
// half shared ones. They are as a stopped server leaves them: a server creates the first
// two, which are then copied in the journal.
func Fill(ctx context.Context, l target.Lab, dir string, sessions int) error {
	err := makeSession(ctx, l, dir)
	if err == nil {
		err = store.Multiply(ctx, dir, sessions)
	}
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// makeSession starts a server that creates the first two sessions.
func makeSession(ctx context.Context, l target.Lab, dir string) error {
	t, err := l.StartParleyOn(ctx, dir)
	if err != nil {
		return err
	}
	c, err := newGroup(ctx, t, meter.NewTally(), groupConfig{people: 2, transport: target.WebSocket, size: 800, inFlight: 1})
	if err == nil {
		err = c.close()
	}
	return errors.Join(err, t.Stop())
}
