package e2e

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
)

// Reader reads over a socket. It keeps no events, and only checks that none is missing or
// arrives twice, so that there can be very many of them.
type Reader struct {
	feed feed
	at   atomic.Uint64 // number of the last event
	done chan struct{} // closed when the connection has ended
	err  error         // reason; read after done
}

// Read reads all events after a cursor. The reader is closed when the test ends.
func (s Session) Read(t testing.TB, m Member, after string) *Reader {
	t.Helper()
	at, err := protocol.ParseCursor(after)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	f, err := s.open(ctx, Socket, m, at)
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{feed: f, done: make(chan struct{})}
	r.at.Store(at.Seq)
	go r.read(f.(*socketFeed)) // ends with the feed
	t.Cleanup(r.End)
	return r
}

// End closes the connection and waits for its reader.
func (r *Reader) End() {
	r.feed.end(false)
	<-r.done
}

func (r *Reader) read(f *socketFeed) {
	defer close(r.done)
	for r.err == nil {
		var message []byte
		if _, message, r.err = f.conn.Read(f.life); r.err != nil {
			return
		}
		for raw := range protocol.SplitLines(message) {
			seq := numberIn(raw)
			if seq == 0 {
				continue
			}
			if before := r.at.Swap(seq); seq != before+1 {
				r.err = violation("event %d came after event %d", seq, before)
				return
			}
		}
	}
}

// numberIn returns the number of an event, whose second member is its cursor, or 0 for
// any other line.
func numberIn(line []byte) uint64 {
	_, rest, found := bytes.Cut(line[:min(len(line), 200)], []byte(`,"cursor":"`))
	text, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := protocol.ParseCursor(string(text))
	if !found || err != nil {
		return 0
	}
	return at.Seq
}

// UpTo waits until the reader has read the event with a number.
func (r *Reader) UpTo(t testing.TB, seq uint64) {
	t.Helper()
	late := time.After(Patience)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for r.at.Load() < seq {
		select {
		case <-look.C:
		case <-r.done:
			t.Fatalf("the connection ended at event %d of %d: %v", r.at.Load(), seq, r.err)
		case <-late:
			t.Fatalf("event %d of %d is the last that was read", r.at.Load(), seq)
		}
	}
}

// Stalled is a client that is connected and never reads.
type Stalled struct{ conn *websocket.Conn }

// smallBuffer is what the system may buffer for a client that does not read. With less
// than the largest segment of loopback, the last reads would take minutes.
const smallBuffer = 64 << 10

// Stall connects with a cursor and reads nothing until [Stalled.End] or Close.
func (s Session) Stall(ctx context.Context, m Member, after string) (*Stalled, error) {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(smallBuffer)
	}}
	conn, _, err := websocket.Dial(ctx, "ws"+s.URL[len("http"):]+s.Path("/ws"),
		&websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol}, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, err
	}
	resume := &protocol.Resume{ParticipantID: m.ID, ParticipantToken: m.Token, Cursor: after}
	line, err := protocol.EncodeRequest(protocol.Request{ID: "resume", Command: resume})
	if err == nil {
		err = conn.Write(ctx, websocket.MessageText, line)
	}
	if err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return &Stalled{conn}, nil
}

// Close breaks off the connection.
func (c *Stalled) Close() { _ = c.conn.CloseNow() }

// End reads what has arrived and returns the close code of the server, or -1 if it has
// broken off the connection.
func (c *Stalled) End(t testing.TB) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	c.conn.SetReadLimit(-1)
	for {
		if _, _, err := c.conn.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Fatal("the server has not ended the connection")
			}
			return int(websocket.CloseStatus(err))
		}
	}
}
