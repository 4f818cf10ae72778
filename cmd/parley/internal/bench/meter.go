package bench

import (
	"bytes"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

// Every event that is counted has a number, from 1 without a hole, written as
// ~NUMBER; into its text. The tilde stands nowhere else in what a server sends,
// so a listener counts tildes and reads no JSON.
const mark = '~'

func appendMark(to []byte, seq uint64) []byte {
	to = append(to, mark)
	to = strconv.AppendUint(to, seq, 10)
	return append(to, ';')
}

// inFlight is how many events may be under way at a time.
const inFlight = 1 << 16

// meter knows of every event under way who lacks it. It is safe for concurrent
// use, but for sent.
type meter struct {
	listeners int32
	began     time.Time
	done      func() // called when an event has reached everybody

	delivered atomic.Int64
	complete  atomic.Int64 // events that have reached everybody
	measuring atomic.Bool
	latency   histogram // of deliveries, while measuring
	slots     [inFlight]slot
}

type slot struct {
	left atomic.Int32 // listeners who lack the event
	at   atomic.Int64 // when it was sent, in nanoseconds since began
}

func newMeter(listeners int, done func()) *meter {
	return &meter{listeners: int32(listeners), began: time.Now(), done: done}
}

func (m *meter) now() int64 { return int64(time.Since(m.began)) }

// sent notes that an event is about to be sent.
func (m *meter) sent(seq uint64, at int64) {
	s := &m.slots[seq%inFlight]
	s.at.Store(at)
	s.left.Store(m.listeners)
}

// arrived notes that a listener has the events after one and up to another.
func (m *meter) arrived(after, upTo uint64) {
	now, measuring := m.now(), m.measuring.Load()
	for seq := after + 1; seq <= upTo; seq++ {
		s := &m.slots[seq%inFlight]
		if measuring {
			m.latency.add(now - s.at.Load())
		}
		if s.left.Add(-1) == 0 {
			m.complete.Add(1)
			m.done()
		}
	}
	m.delivered.Add(int64(upTo - after))
}

// listen counts what comes in until the connection ends, and returns why it
// did. An event that is missing or comes twice is an error.
func (m *meter) listen(in stream) error {
	var seen uint64
	for {
		b, err := in.read()
		if err != nil {
			return err
		}
		n := bytes.Count(b, []byte{mark})
		if n == 0 {
			continue
		}
		m.arrived(seen, seen+uint64(n))
		seen += uint64(n)
		if last, ok := lastMark(b); ok && last != seen {
			return fmt.Errorf("event %d came as number %d", last, seen)
		}
	}
}

// lastMark returns the last event's number in b, if all of it is there.
func lastMark(b []byte) (uint64, bool) {
	digits := b[bytes.LastIndexByte(b, mark)+1:]
	end := bytes.IndexByte(digits, ';')
	if end < 0 {
		return 0, false
	}
	seq, err := strconv.ParseUint(string(digits[:end]), 10, 64)
	return seq, err == nil
}
