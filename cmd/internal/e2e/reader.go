package e2e

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"parley/protocol"
)

// Reader reads over a WebSocket. It keeps no events and only checks that none is missing
// or arrives twice, so that a test can have very many readers.
type Reader struct {
	feed feed
	last atomic.Uint64 // number of the last event
	done chan struct{} // closed when the connection has ended
	err  error         // reason; read after done
}

// OpenReader reads all events after a cursor. The reader is closed when the test ends.
func (s Session) OpenReader(t testing.TB, m Member, after string) *Reader {
	t.Helper()
	f, at := s.mustOpen(t, WebSocket, m, after)
	r := &Reader{feed: f, done: make(chan struct{})}
	r.last.Store(at.Seq)
	go r.run(f.(*webSocketFeed)) // ends with the feed; Close closes that and waits
	t.Cleanup(r.Close)
	return r
}

// Close closes the connection and waits for the goroutine that reads from it.
func (r *Reader) Close() {
	r.feed.close(false)
	<-r.done
}

func (r *Reader) run(f *webSocketFeed) {
	defer close(r.done)
	for r.err == nil {
		var message []byte
		if _, message, r.err = f.conn.Read(f.life); r.err != nil {
			return
		}
		for raw := range protocol.SplitLines(message) {
			seq := sequenceIn(raw)
			if seq == 0 {
				continue
			}
			if before := r.last.Swap(seq); seq != before+1 {
				r.err = violation("event %d arrived after event %d", seq, before)
				return
			}
		}
	}
}

// sequenceIn returns the number of an event, whose second member is its cursor, or 0 for
// any other line.
func sequenceIn(line []byte) uint64 {
	_, rest, found := bytes.Cut(line[:min(len(line), 200)], []byte(`,"cursor":"`))
	text, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := protocol.ParseCursor(string(text))
	if !found || err != nil {
		return 0
	}
	return at.Seq
}

// AwaitSeq waits until the reader has read the event with a number.
func (r *Reader) AwaitSeq(t testing.TB, seq uint64) {
	t.Helper()
	timeout := time.After(Timeout)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for r.last.Load() < seq {
		select {
		case <-poll.C:
		case <-r.done:
			t.Fatalf("the connection ended at event %d of %d: %v", r.last.Load(), seq, r.err)
		case <-timeout:
			t.Fatalf("event %d is the last that was read; want event %d", r.last.Load(), seq)
		}
	}
}
