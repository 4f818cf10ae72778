package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestBackoff_doubles_up_to_its_bound(t *testing.T) {
	o := Options{jitter: func(bound time.Duration) time.Duration { return bound }}.withDefaults(Link{})
	var bounds []time.Duration
	for failures := range 8 {
		bounds = append(bounds, o.backoff(failures))
	}
	const s = time.Second
	require.Equal(t, []time.Duration{s / 2, s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s}, bounds)
}

func TestBackoff_is_random_over_the_whole_range(t *testing.T) {
	o := Options{BackoffBase: time.Second}.withDefaults(Link{})
	low, high := time.Second, time.Duration(0)
	for range 1000 {
		d := o.backoff(0)
		low, high = min(low, d), max(high, d)
	}
	require.Less(t, low, 100*time.Millisecond)
	require.Greater(t, high, 900*time.Millisecond)
	require.Less(t, high, time.Second)
}

func TestJudge(t *testing.T) {
	const pause = 7 * time.Second
	closed := func(code int) error { return websocket.CloseError{Code: websocket.StatusCode(code)} }
	for _, tc := range []struct {
		name string
		err  error
		stop int // the code of the StopError; 0 if the client reconnects
		want verdict
	}{
		{"a broken network: reconnect", io.EOF, 0, verdict{}},
		{"a normal closure: reconnect", closed(1000), 0, verdict{}},
		{"the server goes away: reconnect", closed(1001), 0, verdict{}},
		{"the server restarts: reconnect", closed(1012), 0, verdict{}},
		{"the server is overloaded: reconnect", closed(1013), 0, verdict{}},
		{"the client was too slow: reconnect", closed(4001), 0, verdict{}},
		{"the session has moved: reconnect at once", closed(4002), 0, verdict{atOnce: true}},
		{"an unknown 40xx: reconnect", closed(4077), 0, verdict{}},
		{"the rate limit: wait", closed(4429), 0, verdict{pause: pause}},
		{"an upgrade to a WebSocket: reconnect at once", errUpgrade, 0, verdict{atOnce: true}},
		{"a message that is not UTF-8: stop", closed(1007), 1007, verdict{}},
		{"a message that is too large: stop", closed(1009), 1009, verdict{}},
		{"a malformed line: stop", closed(4400), 4400, verdict{}},
		{"bad credentials: stop", closed(4401), 4401, verdict{}},
		{"a removal: stop", closed(4403), 4403, verdict{}},
		{"no such session: stop", closed(4404), 4404, verdict{}},
		{"no command in time: stop", closed(4408), 4408, verdict{}},
		{"the end of the session: stop", closed(4409), 4409, verdict{}},
		{"an unknown 44xx: stop", closed(4477), 4477, verdict{}},
		{"a refusal: stop", &refusal{protocol.Errorf(protocol.CodeInvalidInviteToken, "no"), false}, 4401, verdict{}},
		{"a retryable refusal: reconnect after its time", &refusal{&protocol.Error{Code: "NEW", RetryAfter: time.Second}, true}, 0, verdict{pause: time.Second}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := judge(errors.Join(tc.err), pause)
			if tc.stop == 0 {
				require.Equal(t, tc.want, got)
				return
			}
			require.NotNil(t, got.stop)
			require.Equal(t, tc.stop, got.stop.Code)
			require.NotEmpty(t, got.stop.Error())
		})
	}
}

func TestEventReader(t *testing.T) {
	for _, tc := range []struct {
		name, stream string
		want         []string
	}{
		{"reads data", "data: a\n\ndata: b\n\n", []string{"a", "b"}},
		{"accepts CRLF and a missing space", "data:a\r\n\r\n", []string{"a"}},
		{"joins several lines", "data: a\ndata: b\n\n", []string{"a\nb"}},
		{"strips only one space", "data:  a\n\n", []string{" a"}},
		{"skips comments, ids and names", ": heartbeat\n\nid: 7\nevent: x\nretry: 1\ndata: a\n\n", []string{"a"}},
		{"keeps colons", "data: {\"a\":1}\n\n", []string{`{"a":1}`}},
		{"drops an incomplete event", "data: a\n\ndata: b\n", []string{"a"}},
		{"reads long lines", "data: " + strings.Repeat("x", 10000) + "\n\n", []string{strings.Repeat("x", 10000)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			alive := 0
			r := newEventReader(strings.NewReader(tc.stream), func() { alive++ })
			var got []string
			for {
				data, err := r.next()
				if err != nil {
					require.ErrorIs(t, err, io.EOF)
					break
				}
				got = append(got, string(data))
			}
			require.Equal(t, tc.want, got)
			require.Equal(t, strings.Count(tc.stream, "\n"), alive)
		})
	}
}

func TestEventReader_bounds_an_event(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("data: "), zeros{})
	_, err := newEventReader(endless, func() {}).next()
	require.ErrorIs(t, err, errEventTooBig)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestCalls_are_bounded(t *testing.T) {
	q := newCalls()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	results := make(chan error, maxInFlight)
	for range maxInFlight {
		go func() {
			_, err := q.do(ctx, ended, "id", nil)
			results <- err
		}()
	}
	require.Eventually(t, func() bool { return q.waiting() == maxInFlight }, 10*time.Second, time.Millisecond)
	full, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	_, err := q.do(full, ended, "one more", nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, maxInFlight, q.waiting())
	cancel()
	for range maxInFlight {
		require.ErrorIs(t, <-results, context.Canceled)
	}
	require.Zero(t, q.waiting(), "no call remains")
}

func TestCalls_resolve_by_id(t *testing.T) {
	q := newCalls()
	ended := make(chan struct{})
	first, second := q.add("1", nil), q.add("2", nil)
	require.Same(t, first, q.after(0))
	require.Same(t, second, q.after(first.number))
	q.resolve("2", &protocol.OKMessage{ID: "2"})
	q.resolve("2", &protocol.OKMessage{ID: "again"})
	q.resolve("?", &protocol.OKMessage{})
	require.Equal(t, &protocol.OKMessage{ID: "2"}, <-second.answer)
	require.Nil(t, q.after(first.number))
	require.Equal(t, 1, q.waiting())
	close(ended)
	_, err := q.do(t.Context(), ended, "3", nil)
	require.ErrorIs(t, err, ErrClosed)
}

func TestCalls_respect_the_window(t *testing.T) {
	q := newCalls()
	for range window + 1 {
		q.add(fmt.Sprint(q.next), nil)
	}
	<-q.wake
	require.Nil(t, q.after(window), "the window is full")
	q.resolve("3", &protocol.OKMessage{ID: "3"})
	<-q.wake
	require.EqualValues(t, window+1, q.after(window).number)
}

func (q *calls) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.open)
}
