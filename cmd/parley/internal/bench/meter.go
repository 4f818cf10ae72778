package bench

import (
	"bytes"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

// Every event that is counted has a number, from 1 without a hole in each
// room, written as ~NUMBER; into its text. The tilde stands nowhere else in
// what a server sends, so a listener counts tildes and reads no JSON.
const mark = '~'

func appendMark(to []byte, seq uint64) []byte {
	to = append(to, mark)
	to = strconv.AppendUint(to, seq, 10)
	return append(to, ';')
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

// tally is what all rooms of a run have come to. It is safe for concurrent use.
type tally struct {
	began     time.Time    // immutable; clocks of the run start here
	delivered atomic.Int64 // events times listeners
	complete  atomic.Int64 // events that have reached everybody
	measuring atomic.Bool
	latency   histogram // of deliveries, while measuring
}

func newTally() *tally { return &tally{began: time.Now()} }

func (t *tally) now() int64 { return int64(time.Since(t.began)) }

// meter knows of every event of a room that is under way who lacks it. It is
// safe for concurrent use.
type meter struct {
	*tally
	listeners int32
	done      func() // called when an event has reached everybody
	complete  atomic.Uint64
	slots     []slot // by number, as far as there is room for events under way
}

type slot struct {
	left atomic.Int32 // listeners who lack the event
	at   atomic.Int64 // when it was sent or due
}

// newMeter makes a meter for a room, where so many events at the most may be
// under way.
func newMeter(t *tally, listeners, underWay int, done func()) *meter {
	return &meter{tally: t, listeners: int32(listeners), done: done, slots: make([]slot, underWay)}
}

func (m *meter) slot(seq uint64) *slot { return &m.slots[seq%uint64(len(m.slots))] }

// send notes that an event is about to be sent, at a time of the tally's clock.
func (m *meter) send(seq uint64, at int64) error {
	if seq-m.complete.Load() > uint64(len(m.slots)) {
		return fmt.Errorf("the server is %d events behind", len(m.slots))
	}
	s := m.slot(seq)
	s.at.Store(at)
	s.left.Store(m.listeners)
	return nil
}

// arrive notes that a listener has the events after one and up to another.
func (m *meter) arrive(after, upTo uint64) {
	now, measuring := m.now(), m.measuring.Load()
	for seq := after + 1; seq <= upTo; seq++ {
		s := m.slot(seq)
		if measuring {
			m.latency.add(now - s.at.Load())
		}
		if s.left.Add(-1) == 0 {
			m.complete.Add(1)
			m.tally.complete.Add(1)
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
		m.arrive(seen, seen+uint64(n))
		seen += uint64(n)
		if last, ok := lastMark(b); ok && last != seen {
			return fmt.Errorf("event %d came as number %d", last, seen)
		}
	}
}
