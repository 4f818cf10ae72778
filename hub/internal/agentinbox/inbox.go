package agentinbox

import (
	"math"
	"sync"
	"time"

	"parley/hub/internal/background"
	"parley/hub/rules"
)

// The bounds of an inbox.
const (
	// MaxMessages and MaxBytes bound the messages in an inbox, and the bytes of the
	// notifications among them. An inbox below the bounds accepts one message of any size.
	MaxMessages = 32
	MaxBytes    = 256 << 10
)

// Inbox holds the messages of one agent that its session has not taken. All methods
// are safe for concurrent use.
type Inbox struct {
	// immutable
	pace  *Pace
	ready chan struct{} // sent to when a message can be taken; capacity one, see background.Notify; never closed

	// guarded by mu
	mu        sync.Mutex
	room      sync.Cond   // broadcast by Take and Close; Put waits for it
	messages  []any       // consecutive notifications are one rules.Notifications
	count     int         // of messages; each notification counts as one
	bytes     int         // of the notifications
	gathering bool        // pieces of a stream wait until the timer fires; counted in pace
	timer     *time.Timer // runs gathered; stopped by Close
	closed    bool
}

// New returns an empty inbox whose pieces wait at the process's pace. The caller closes
// it.
func New(pace *Pace) *Inbox {
	b := &Inbox{pace: pace, ready: make(chan struct{}, 1)}
	b.room.L = &b.mu
	b.timer = time.AfterFunc(math.MaxInt64, b.gathered)
	return b
}

// Ready returns a channel that is ready when a message can be taken. A value may be stale,
// so that [Inbox.Take] returns nothing.
func (b *Inbox) Ready() <-chan struct{} { return b.ready }

// Put adds a message: a [rules.AgentEvent], or a value of the caller's that keeps its place
// among them. It blocks while the inbox is full. It returns false, and drops the message,
// once the inbox is closed.
func (b *Inbox) Put(message any) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.full() && !b.closed {
		b.room.Wait()
	}
	if b.closed {
		return false
	}
	streamed := b.add(message)
	if !streamed || !b.gathering || b.full() {
		background.Notify(b.ready)
	}
	return true
}

// full reports whether Put blocks.
func (b *Inbox) full() bool { return b.count >= MaxMessages || b.bytes >= MaxBytes }

// add appends a message, and reports whether it is a piece of a stream.
func (b *Inbox) add(message any) (streamed bool) {
	b.count++
	n, ok := message.(rules.AgentNotification)
	if !ok {
		b.messages = append(b.messages, message)
		return false
	}
	b.bytes += len(n.Raw)
	if i := len(b.messages) - 1; i >= 0 {
		if row, ok := b.messages[i].(rules.Notifications); ok {
			b.messages[i] = append(row, n.Raw)
			return n.Streamed
		}
	}
	b.messages = append(b.messages, rules.Notifications{n.Raw})
	return n.Streamed
}

// Take removes and returns the oldest message; consecutive notifications are one message, a
// [rules.Notifications]. It does not block, and also returns pieces that still wait for
// others. ok is false if the inbox is empty.
func (b *Inbox) Take() (message any, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) == 0 {
		return nil, false
	}
	message, b.messages = b.messages[0], b.messages[1:]
	if len(b.messages) > 0 {
		background.Notify(b.ready)
	}
	if row, ok := message.(rules.Notifications); ok {
		b.count -= len(row)
		for _, raw := range row {
			b.bytes -= len(raw)
		}
		b.setGathering(true)
		b.timer.Reset(b.pace.window())
	} else {
		b.count--
	}
	b.room.Broadcast()
	return message, true
}

// setGathering records whether pieces wait for others.
func (b *Inbox) setGathering(gathering bool) {
	if b.gathering != gathering {
		b.gathering = gathering
		b.pace.count(gathering)
	}
}

// gathered ends the wait of the pieces in the inbox.
func (b *Inbox) gathered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setGathering(false)
	if len(b.messages) > 0 {
		background.Notify(b.ready)
	}
}

// Close makes every present and later Put return false. It returns the messages that were
// not taken.
func (b *Inbox) Close() []any {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.timer.Stop()
	b.setGathering(false)
	b.room.Broadcast()
	left := b.messages
	b.messages = nil
	return left
}
