package e2e

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/protocol"
)

// Settle visits until all messages are acknowledged and all events up to a cursor have
// been read.
func (k *Talker) Settle(ctx context.Context, upTo protocol.Cursor) error {
	for !k.isSettled(upTo) {
		if ctx.Err() != nil {
			return violation("%s is at event %d of %d; not acknowledged: %q", k.Name, k.at().Seq, upTo.Seq, k.unsettled())
		}
		// The next visit repeats what was refused temporarily.
		visit, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := k.visit(visit, Socket, true, func(ctx context.Context, _ feed) { k.awaitSettled(ctx, upTo) })
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Talker) awaitSettled(ctx context.Context, upTo protocol.Cursor) {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !k.isSettled(upTo) {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

func (k *Talker) isSettled(upTo protocol.Cursor) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.waiting) == 0 && k.place.at.Seq >= upTo.Seq
}

// Acknowledged returns the texts of the acknowledged messages.
func (k *Talker) Acknowledged() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Keys(k.answered))
}
