package scenario

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/store"
	"parley/cmd/parley-bench/internal/target"
)

// Fill writes about as many sessions into a data directory, half of them host
// sessions and half shared ones, as a server leaves them that was stopped. It lets a
// server make the first two and copies these in the journal.
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

// makeSession lets a server share a session and sends messages to it.
func makeSession(ctx context.Context, l target.Lab, dir string) error {
	t, err := l.StartParleyOn(ctx, dir)
	if err != nil {
		return err
	}
	c, err := gather(ctx, t, meter.NewTally(), gathering{people: 2, transport: target.WebSocket, size: 800, inFlight: 1})
	if err == nil {
		err = c.leave()
	}
	return errors.Join(err, t.Stop())
}
