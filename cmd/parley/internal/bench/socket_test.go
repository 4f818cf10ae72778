package bench

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal/sqlite"
)

// serveWebSocket serves one connection with a library that is not ours.
func serveWebSocket(t *testing.T, serve func(ctx context.Context, c *websocket.Conn)) *socket {
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
	s, err := dialSocket(t.Context(), u, "/", 4<<10)
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
		got, err := s.message()
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("y", n), string(got))
	}
	got, err := s.message()
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
	got, err := s.message()
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("z", 15_000), string(got))
}

func TestSocket_answers_pings_and_is_understood(t *testing.T) {
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
		require.NoError(t, s.send([]byte(strings.Repeat("q", n))))
		got, err := s.message()
		require.NoError(t, err)
		require.Equal(t, "pinged", string(got))
		require.Equal(t, strings.Repeat("q", n), <-heard)
	}
}

func TestSocket_tells_why_it_was_closed(t *testing.T) {
	s := serveWebSocket(t, func(_ context.Context, c *websocket.Conn) {
		_ = c.Close(4001, "too slow")
	})
	_, err := s.message()
	require.EqualError(t, err, "the server closed the connection with 4001 too slow")
}

// startRawHere serves raw in this process, until the test ends or stop is called.
func startRawHere(t *testing.T, dir string) (_ *url.URL, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- ServeRaw(ctx, l, dir, sqlite.Options{}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return &url.URL{Scheme: "http", Host: l.Addr().String()}, stop
}

func TestRaw_is_understood_by_another_client(t *testing.T) {
	raw, _ := startRawHere(t, "")
	c, _, err := websocket.Dial(t.Context(), "ws://"+raw.Host+"/1/ws", nil)
	require.NoError(t, err)
	defer c.CloseNow()
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, rawJoin))
	_, first, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, rawFirst, first)

	s, err := rawEntrance{raw, "/1"}.talk(t.Context())
	require.NoError(t, err)
	defer s.Close()
	said := s.command(nil, 7, 400)
	require.Len(t, said, 400)
	require.NoError(t, s.send(said))
	_, heard, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, said, heard)
}

func TestRaw_passes_on_what_is_posted_and_answers_it(t *testing.T) {
	server, _ := startRawHere(t, t.TempDir())
	raw := rawEntrance{server, "/1"}
	s, err := raw.join(t.Context(), 4<<10)
	require.NoError(t, err)
	defer s.Close()
	p, err := raw.poster(t.Context(), 100)
	require.NoError(t, err)
	defer p.Close()
	for range 3 {
		require.NoError(t, p.post())
		heard, err := s.message()
		require.NoError(t, err)
		require.Equal(t, messageBody(100), string(heard))
	}
}

func TestPoster_says_how_it_was_refused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no room", http.StatusNotFound)
	}))
	defer s.Close()
	at, err := url.Parse(s.URL)
	require.NoError(t, err)
	p, err := rawEntrance{at, "/1"}.poster(t.Context(), 1)
	require.NoError(t, err)
	defer p.Close()
	require.ErrorContains(t, p.post(), "404 Not Found: no room")
}

func TestEventStream_counts_like_a_socket(t *testing.T) {
	server, _ := startRawHere(t, "")
	raw := rawEntrance{server, "/1"}
	of := newTally()
	c, err := gatherIn(t.Context(), raw, of, gathering{people: 5, transport: SSE, size: 100, underWay: 8})
	require.NoError(t, err)
	require.NoError(t, c.talk(t.Context(), 8, func(sent int) bool { return sent >= 1000 }))
	require.NoError(t, c.leave())
	require.Equal(t, int64(c.seq), of.complete.Load())
	require.Equal(t, int64(5*c.seq), of.delivered.Load())
}

func TestRaw_keeps_what_it_is_sent_before_it_passes_it_on(t *testing.T) {
	dir := t.TempDir()
	raw, stop := startRawHere(t, dir)
	s, err := rawEntrance{raw, "/1"}.join(t.Context(), 4<<10)
	require.NoError(t, err)
	defer s.Close()
	said := rawSpeaker{s}.command(nil, 7, 400)
	require.NoError(t, s.send(said))
	heard, err := s.message()
	require.NoError(t, err)
	require.Equal(t, said, heard)
	stop()

	j, err := sqlite.Open(dir, sqlite.Options{})
	require.NoError(t, err)
	defer j.Close()
	rooms, err := j.List(t.Context(), hub.Filter{})
	require.NoError(t, err)
	require.Len(t, rooms, 1)
	var kept []string
	for r, err := range j.Read(t.Context(), rooms[0].Session, 1) {
		require.NoError(t, err)
		kept = append(kept, string(r.Public))
	}
	require.Equal(t, []string{string(rawJoin), string(said)}, kept)
}
