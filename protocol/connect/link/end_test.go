package link_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// timeout is how long a test waits for something that must happen.
const timeout = time.Minute

// pair is two ends, and the connections between them.
type pair struct {
	t     *testing.T
	ends  [2]*link.End
	conns [2]*link.Conn
	ended chan error // one for each Run
}

func newPair(t *testing.T, limit int) *pair {
	p := &pair{t: t, ended: make(chan error, 2)}
	for i := range p.ends {
		p.ends[i] = link.New(limit)
	}
	return p
}

// connect makes a connection with a heartbeat.
func (p *pair) connect(heartbeat time.Duration) {
	p.t.Helper()
	accepted := make(chan *link.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err == nil {
			accepted <- link.NewConn(ws, heartbeat)
		}
	}))
	p.t.Cleanup(server.Close)
	ws, _, err := websocket.Dial(p.t.Context(), server.URL, nil)
	require.NoError(p.t, err)
	p.conns = [2]*link.Conn{link.NewConn(ws, heartbeat), <-accepted}
	for i, end := range p.ends {
		has, conn := p.ends[1-i].Taken(), p.conns[i]
		go func() { p.ended <- end.Run(context.Background(), conn, has, func(connect.Frame) {}) }()
	}
	p.t.Cleanup(func() { p.conns[0].Cut() })
}

// disconnect cuts the connection and waits for its ends.
func (p *pair) disconnect() {
	p.conns[0].Cut()
	p.awaitEnd()
}

func (p *pair) awaitEnd() {
	p.t.Helper()
	for range p.ends {
		select {
		case <-p.ended:
		case <-time.After(timeout):
			p.t.Fatal("a connection does not end")
		}
	}
}

// receive receives a frame at an end and acknowledges it.
func (p *pair) receive(i int) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), timeout)
	defer cancel()
	f, err := p.ends[i].Next(ctx)
	require.NoError(p.t, err)
	f.Done()
	return string(f.Body)
}

func TestEnd_carries_frames_both_ways_through_breaks(t *testing.T) {
	p := newPair(t, 1<<20)
	const n = 50
	for i := range n {
		for side := range p.ends {
			require.NoError(t, p.ends[side].Put(t.Context(), connect.TypeLine, fmt.Appendf(nil, "%d of %d", i, side)))
		}
	}
	got := [2][]string{}
	for len(got[0]) < n || len(got[1]) < n {
		p.connect(timeout)
		for side := range got {
			for range min(9, n-len(got[side])) {
				got[side] = append(got[side], p.receive(side))
			}
		}
		p.disconnect()
	}
	for side := range got {
		for i, line := range got[side] {
			require.Equal(t, fmt.Sprintf("%d of %d", i, 1-side), line)
		}
	}
}

func TestEnd_put_waits_for_a_slow_other_end_and_the_connection_lives(t *testing.T) {
	p := newPair(t, 2000)
	p.connect(200 * time.Millisecond)
	put := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < 100 && err == nil; i++ {
			err = p.ends[0].Put(context.Background(), connect.TypeLine, []byte(fmt.Sprint(i)))
		}
		put <- err
	}()
	select {
	case <-put:
		t.Fatal("more is kept than the limit allows")
	case <-p.ended:
		t.Fatal("an end that does not take frames breaks the connection")
	case <-time.After(time.Second): // longer than the silence that would end the connection
	}
	for i := range 100 {
		require.Equal(t, fmt.Sprint(i), p.receive(1))
	}
	require.NoError(t, <-put)
	p.disconnect()
}

func TestEnd_a_put_that_waits_ends_with_its_context_and_with_a_reset(t *testing.T) {
	e := link.New(10)
	e.Force(connect.TypeLine, []byte("full"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, e.Put(ctx, connect.TypeLine, nil), context.Canceled)
	waits := make(chan error, 1)
	go func() { waits <- e.Put(context.Background(), connect.TypeLine, nil) }()
	e.Reset()
	if err := <-waits; err != nil { // it may have come after the reset
		require.ErrorContains(t, err, "begun again")
	}
}

func TestEnd_a_new_connection_takes_the_place_of_one_that_hangs(t *testing.T) {
	p := newPair(t, 1<<20)
	p.connect(timeout)
	p.connect(timeout)
	p.awaitEnd() // of the first
	require.NoError(t, p.ends[0].Put(t.Context(), connect.TypeLine, []byte("here")))
	require.Equal(t, "here", p.receive(1))
	p.disconnect()
}

func TestEnd_a_reset_closes_the_connection_as_it_was_told(t *testing.T) {
	p := newPair(t, 1<<20)
	p.connect(timeout)
	require.Eventually(t, p.ends[1].Connected, timeout, time.Millisecond)
	p.conns[1].CloseLater(connect.CloseFenced, "a newer one")
	p.ends[1].Reset()
	codes := map[int]bool{}
	for range 2 {
		codes[link.CloseCode(<-p.ended)] = true
	}
	require.True(t, codes[connect.CloseFenced], codes)
	require.False(t, p.ends[1].Connected())
}

func TestEnd_a_connection_on_which_nothing_arrives_ends(t *testing.T) {
	const heartbeat = 50 * time.Millisecond
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err == nil {
			err = link.New(1000).Run(context.Background(), link.NewConn(ws, heartbeat), 0, func(connect.Frame) {})
		}
		ended <- err
	}))
	defer server.Close()
	ws, _, err := websocket.Dial(t.Context(), server.URL, nil)
	require.NoError(t, err)
	defer ws.CloseNow()
	first := connect.Frame{Type: connect.TypeAck}
	require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, first.Encode()))
	select {
	case err := <-ended:
		require.Error(t, err)
	case <-time.After(timeout):
		t.Fatal("a connection that hangs does not end")
	}
}

func TestConn_refuses_what_is_no_frame(t *testing.T) {
	for _, message := range []string{"", "{}\n", "{\"type\":\"line\",\"n\":9}\nx"} {
		p := newPair(t, 1<<20)
		accepted := make(chan error, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r, nil)
			if err != nil {
				accepted <- err
				return
			}
			accepted <- p.ends[1].Run(context.Background(), link.NewConn(ws, timeout), 0, func(connect.Frame) {})
		}))
		ws, _, err := websocket.Dial(t.Context(), server.URL, nil)
		require.NoError(t, err)
		require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, []byte(message)))
		_, _, err = ws.Read(t.Context())
		for websocket.CloseStatus(err) < 0 && err == nil { // acknowledgements come first
			_, _, err = ws.Read(t.Context())
		}
		closed, ok := errors.AsType[websocket.CloseError](err)
		require.True(t, ok, err)
		require.Equal(t, connect.CloseNotProtocol, int(closed.Code), message)
		require.Error(t, <-accepted)
		server.Close()
	}
}

func TestEnd_acknowledges_a_frame_when_those_before_it_are_done(t *testing.T) {
	p := newPair(t, 1<<20)
	for i := range 3 {
		require.NoError(t, p.ends[0].Put(t.Context(), connect.TypeLine, fmt.Append(nil, i)))
	}
	p.connect(timeout)
	var got []link.Received
	for range 3 {
		f, err := p.ends[1].Next(t.Context())
		require.NoError(t, err)
		got = append(got, f)
	}
	got[2].Done()
	got[1].Done()
	p.disconnect()
	require.Zero(t, p.ends[0].Acknowledged())
	p.connect(timeout)
	got[0].Done()
	require.Eventually(t, func() bool { return p.ends[0].Acknowledged() == 3 }, timeout, time.Millisecond)
	p.disconnect()
}
