package meter

import (
	"bytes"
	"fmt"
	"sync/atomic"

	"parley/cmd/parley-bench/internal/netio"
)

// Meter knows, for every event of a room that is in flight, how many listeners have
// not received it. It is safe for concurrent use.
type Meter struct {
	*Tally
	listeners int32
	done      func() // called when an event has reached all listeners
	reached   atomic.Uint64
	slots     []slot // one for each event that may be in flight, by number
}

type slot struct {
	left atomic.Int32 // listeners that have not received the event
	at   atomic.Int64 // when it was sent or due, on the clock of the tally
}

// New returns a meter for a room. At most inFlight events may be in flight. The
// meter calls done, on the goroutine of a listener, when an event has reached all
// listeners.
func New(t *Tally, listeners, inFlight int, done func()) *Meter {
	return &Meter{Tally: t, listeners: int32(listeners), done: done, slots: make([]slot, inFlight)}
}

func (m *Meter) slot(seq uint64) *slot { return &m.slots[seq%uint64(len(m.slots))] }

// Reached returns how many events have reached all listeners.
func (m *Meter) Reached() uint64 { return m.reached.Load() }

// Send reports that an event is about to be sent or, if that is earlier, was due at
// a time on the clock of the tally. It fails when too many events are in flight.
func (m *Meter) Send(seq uint64, at int64) error {
	if seq-m.reached.Load() > uint64(len(m.slots)) {
		return fmt.Errorf("the server is %d events behind", len(m.slots))
	}
	s := m.slot(seq)
	s.at.Store(at)
	s.left.Store(m.listeners)
	return nil
}

// arrive reports that a listener has received the events after one and up to another.
func (m *Meter) arrive(after, upTo uint64) {
	if m.Measuring.Load() {
		m.record(after, upTo, m.Now())
	}
	for seq := after + 1; seq <= upTo; seq++ {
		if m.slot(seq).left.Add(-1) == 0 {
			m.reached.Add(1)
			m.Tally.Complete.Add(1)
			m.done()
		}
	}
	m.Delivered.Add(int64(upTo - after))
}

// record records the latencies of events that have arrived now. It locks once for
// all of them, since locking costs more than counting.
func (m *Meter) record(after, upTo uint64, now int64) {
	m.Latency.mu.Lock()
	defer m.Latency.mu.Unlock()
	for seq := after + 1; seq <= upTo; seq++ {
		m.Latency.record(now - m.slot(seq).at.Load())
	}
}

// Listen counts the events of a connection until it ends, and returns the reason.
// An event that is missing or arrives twice is an error.
func (m *Meter) Listen(in netio.Stream) error {
	var seen uint64
	for {
		b, err := in.Next()
		if err != nil {
			return err
		}
		n := bytes.Count(b, []byte{Mark})
		if n == 0 {
			continue
		}
		m.arrive(seen, seen+uint64(n))
		seen += uint64(n)
		if last, ok := LastMark(b); ok && last != seen {
			return fmt.Errorf("event %d arrived as number %d", last, seen)
		}
	}
}
