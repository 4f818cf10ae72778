package e2e

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/protocol"
)

// Drain connects, again and again if needed, until all messages are acknowledged and
// all events up to a cursor have been read.
func (k *ChatClient) Drain(ctx context.Context, upTo protocol.Cursor) error {
	for !k.isDrained(upTo) {
		if ctx.Err() != nil {
			return violation("%s is at event %d of %d; not acknowledged: %q", k.Name, k.cursor().Seq, upTo.Seq, k.pending())
		}
		// The next connection repeats what was refused temporarily.
		once, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := k.run(once, WebSocket, true, func(ctx context.Context, _ feed) { k.awaitDrained(ctx, upTo) })
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *ChatClient) awaitDrained(ctx context.Context, upTo protocol.Cursor) {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !k.isDrained(upTo) {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

func (k *ChatClient) isDrained(upTo protocol.Cursor) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.unacknowledged) == 0 && k.position.cursor.Seq >= upTo.Seq
}

// Acknowledged returns the texts of the acknowledged messages.
func (k *ChatClient) Acknowledged() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Keys(k.acknowledged))
}
