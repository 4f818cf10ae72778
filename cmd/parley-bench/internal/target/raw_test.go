package target

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/cmd/parley-bench/internal/raw"
	"parley/cmd/parley-bench/internal/raw/rawtest"
	"parley/hub/journal"
	"parley/hub/journal/sqlite"
)

func TestRaw_serves_a_standard_WebSocket_client(t *testing.T) {
	server, _ := rawtest.Start(t, "")
	c, _, err := websocket.Dial(t.Context(), "ws://"+server.Host+"/1/ws", nil)
	require.NoError(t, err)
	defer c.CloseNow()
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, rawJoin))
	_, first, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, raw.FirstEvent, first)

	s, err := rawRoom{server, "/1"}.Talk(t.Context())
	require.NoError(t, err)
	defer s.Close()
	said := s.Command(nil, 7, 400)
	require.Len(t, said, 400)
	require.NoError(t, s.Send(said))
	_, heard, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, said, heard)
}

func TestRaw_sends_posted_messages_and_answers_them(t *testing.T) {
	server, _ := rawtest.Start(t, t.TempDir())
	raw := rawRoom{server, "/1"}
	s, err := raw.join(t.Context(), 4<<10)
	require.NoError(t, err)
	defer s.Close()
	p, err := raw.Poster(t.Context(), 100)
	require.NoError(t, err)
	defer p.Close()
	for range 3 {
		require.NoError(t, p.Post())
		heard, err := s.Message()
		require.NoError(t, err)
		require.Equal(t, messageBody(100), string(heard))
	}
}

func TestPoster_returns_the_reason_of_a_refusal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no room", http.StatusNotFound)
	}))
	defer s.Close()
	at, err := url.Parse(s.URL)
	require.NoError(t, err)
	p, err := rawRoom{at, "/1"}.Poster(t.Context(), 1)
	require.NoError(t, err)
	defer p.Close()
	require.ErrorContains(t, p.Post(), "404 Not Found: no room")
}

func TestRaw_stores_messages_before_it_sends_them(t *testing.T) {
	dir := t.TempDir()
	server, stop := rawtest.Start(t, dir)
	s, err := rawRoom{server, "/1"}.join(t.Context(), 4<<10)
	require.NoError(t, err)
	defer s.Close()
	said := rawSpeaker{s}.Command(nil, 7, 400)
	require.NoError(t, s.Send(said))
	heard, err := s.Message()
	require.NoError(t, err)
	require.Equal(t, said, heard)
	stop()

	j, err := sqlite.Open(dir, sqlite.Options{})
	require.NoError(t, err)
	defer j.Close()
	rooms, err := j.List(t.Context(), journal.Filter{})
	require.NoError(t, err)
	require.Len(t, rooms, 1)
	var kept []string
	for r, err := range j.Read(t.Context(), rooms[0].Session, 1) {
		require.NoError(t, err)
		kept = append(kept, string(r.Public))
	}
	require.Equal(t, []string{string(rawJoin), string(said)}, kept)
}
