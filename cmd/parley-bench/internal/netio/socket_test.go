package netio

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// serveWebSocket serves one connection with a library that is not ours.
func serveWebSocket(t *testing.T, serve func(ctx context.Context, c *websocket.Conn)) *Socket {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"parley.v1"}})
		if err != nil {
			t.Error(err)
			return
		}
		c.SetReadLimit(-1)
		serve(r.Context(), c)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	s, err := DialWebSocket(t.Context(), u, "/", 4<<10)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return s
}

func TestSocket_reads_messages_of_every_length(t *testing.T) {
	lengths := []int{0, 1, 125, 126, 4<<10 - 1, 1<<16 - 1, 1 << 16, 300_000}
	s := serveWebSocket(t, func(ctx context.Context, c *websocket.Conn) {
		for _, n := range lengths {
			_ = c.Write(ctx, websocket.MessageText, []byte(strings.Repeat("y", n)))
		}
		_ = c.Write(ctx, websocket.MessageText, []byte("end"))
		_, _, _ = c.Read(ctx)
	})
	for _, n := range lengths {
		got, err := s.Message()
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("y", n), string(got))
	}
	got, err := s.Message()
	require.NoError(t, err)
	require.Equal(t, "end", string(got))
}

func TestSocket_reads_fragments_as_one_message(t *testing.T) {
	s := serveWebSocket(t, func(ctx context.Context, c *websocket.Conn) {
		w, err := c.Writer(ctx, websocket.MessageText)
		if err == nil {
			for range 3 { // each is a frame of its own: the library buffers less
				_, _ = w.Write([]byte(strings.Repeat("z", 5000)))
			}
			_ = w.Close()
		}
		_, _, _ = c.Read(ctx)
	})
	got, err := s.Message()
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("z", 15_000), string(got))
}

func TestSocket_answers_pings_and_sends_valid_frames(t *testing.T) {
	for _, n := range []int{3, 200, 70_000} {
		heard := make(chan string, 1)
		s := serveWebSocket(t, func(ctx context.Context, c *websocket.Conn) {
			_, b, err := c.Read(ctx)
			if err != nil {
				t.Error(err)
			}
			heard <- string(b)
			go func() { _, _, _ = c.Read(ctx) }() // a ping's answer is taken by a read
			if err := c.Ping(ctx); err != nil {
				t.Error(err)
			}
			_ = c.Write(ctx, websocket.MessageText, []byte("pinged"))
		})
		require.NoError(t, s.Send([]byte(strings.Repeat("q", n))))
		got, err := s.Message()
		require.NoError(t, err)
		require.Equal(t, "pinged", string(got))
		require.Equal(t, strings.Repeat("q", n), <-heard)
	}
}

func TestSocket_returns_the_reason_why_it_was_closed(t *testing.T) {
	s := serveWebSocket(t, func(_ context.Context, c *websocket.Conn) {
		_ = c.Close(4001, "too slow")
	})
	_, err := s.Message()
	require.EqualError(t, err, "the server closed the connection with 4001 too slow")
}
