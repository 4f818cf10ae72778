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
	room      sync.Cond // broadcast by Take and Close; Put waits for it
	messages  []message
	count     int         // of messages; each notification counts as one
	bytes     int         // of the notifications
	open      int         // how many framed messages were taken, and are not done
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
func (b *Inbox) Put(event any) bool {
	m := newMessage(event)
	b.mu.Lock()
	for b.full() && !b.closed {
		b.room.Wait()
	}
	if b.closed {
		b.mu.Unlock()
		m.finish()
		return false
	}
	streamed := b.add(m)
	if !streamed || !b.gathering || b.full() {
		background.Notify(b.ready)
	}
	b.mu.Unlock()
	return true
}

// full reports whether Put blocks.
func (b *Inbox) full() bool { return b.count >= MaxMessages || b.bytes >= MaxBytes }

// add appends a message, and reports whether it is a piece of a stream.
func (b *Inbox) add(m message) (streamed bool) {
	b.count++
	b.bytes += m.bytes()
	if i := len(b.messages) - 1; i < 0 || !b.messages[i].join(m) {
		b.messages = append(b.messages, m)
	}
	return m.streamed
}

// Take removes and returns the oldest message; consecutive notifications are one message, a
// [rules.Notifications] or [rules.FramedNotifications]. It does not block, and also returns
// pieces that still wait for others. ok is false if there is no message, or if it must wait
// until the framed ones before it are done.
func (b *Inbox) Take() (event any, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) == 0 || b.messages[0].followsAll() && b.open > 0 {
		return nil, false
	}
	m := b.messages[0]
	b.messages = b.messages[1:]
	if len(b.messages) > 0 {
		background.Notify(b.ready)
	}
	if m.row == nil {
		b.count--
	} else {
		b.count -= len(m.row)
		b.bytes -= m.bytes()
		b.setGathering(true)
		b.timer.Reset(b.pace.window())
	}
	b.room.Broadcast()
	return b.taken(m), true
}

// taken returns a message in the form that its receiver gets.
func (b *Inbox) taken(m message) any {
	switch {
	case m.done == nil && m.row != nil:
		return m.row
	case m.done == nil:
		return m.event
	case m.isFacts():
		return rules.Framed{Event: m.event.(rules.AgentEvent), Origin: m.origins[0], Done: m.finish}
	}
	b.open++
	f := rules.Framed{Done: sync.OnceFunc(func() { b.finished(m) })}
	if m.row != nil {
		f.Event = rules.FramedNotifications{Notifications: m.row, Origins: m.origins}
	} else {
		f.Event, f.Origin = m.event.(rules.AgentEvent), m.origins[0]
	}
	return f
}

// finished notes that a framed message is done.
func (b *Inbox) finished(m message) {
	m.finish()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open--; b.open == 0 && len(b.messages) > 0 {
		background.Notify(b.ready)
	}
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
// not taken, except for framed ones, which are done.
func (b *Inbox) Close() (left []any) {
	b.mu.Lock()
	b.closed = true
	b.timer.Stop()
	b.setGathering(false)
	b.room.Broadcast()
	messages := b.messages
	b.messages = nil
	b.mu.Unlock()
	for _, m := range messages {
		if m.done == nil {
			left = append(left, b.taken(m))
		}
		m.finish()
	}
	return left
}
