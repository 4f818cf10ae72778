package remote

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// timeout is how long a test waits for something that must happen.
const timeout = time.Minute

// seated returns a connector that has been connected, and has no connection now.
func seated(t *testing.T, r *Registry, host journal.SessionID) *connector {
	t.Helper()
	c, err := r.of(host)
	require.NoError(t, err)
	c.seat.Admit(1, "a")
	return c
}

func TestRegistry_remembers_a_bounded_number_of_connectors(t *testing.T) {
	r := NewRegistry()
	defer r.Close()
	for range maxConnectors {
		seated(t, r, journal.NewHostSessionID())
	}
	one := journal.NewHostSessionID()
	seated(t, r, one) // in the place of an idle one
	require.Len(t, r.connectors, maxConnectors)
	for host := range r.connectors {
		_, err := r.Open(host, 1)
		require.NoError(t, err)
	}
	_, err := r.of(journal.NewHostSessionID())
	require.ErrorIs(t, err, errFull, "all have an agent")
	_, err = r.of(one)
	require.NoError(t, err)
}

func TestRegistry_opens_no_agent_of_an_unknown_connector(t *testing.T) {
	r := NewRegistry()
	defer r.Close()
	_, err := r.Open(journal.NewHostSessionID(), 1)
	require.ErrorIs(t, err, ErrDetached)
}

func TestRun_lines_reach_the_reader_behind_the_start_and_before_the_exit(t *testing.T) {
	r := NewRegistry()
	defer r.Close()
	c := seated(t, r, journal.NewHostSessionID())
	p, err := c.open(1)
	require.NoError(t, err)
	go func() { // ends with the exit
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeLine, Body: []byte("of an earlier process")}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeStarted, Body: connect.Started{Run: 1}.Encode()}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeLine, Body: []byte("{}")}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeStderr, Body: []byte("oops")}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeExited, Body: connect.Exited{Run: 9, Text: "of another process"}.Encode()}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeExited, Body: []byte("malformed")}})
		c.handle(link.Received{Frame: connect.Frame{Type: connect.TypeExited, Body: connect.Exited{Run: 1, Text: "exited with status 2"}.Encode()}})
	}()
	out, err := io.ReadAll(p.Peer.Stdout())
	require.NoError(t, err)
	require.Equal(t, "{}\n", string(out))
	<-p.Peer.Gone()
	require.Equal(t, "exited with status 2", p.Peer.Exit().Text)
	require.Equal(t, "oops", p.Peer.Stderr())
	_, err = p.Peer.Stdin().Write([]byte("{}\n"))
	require.Error(t, err)
}

func TestRun_of_a_machine_without_a_connection_is_given_up_at_once(t *testing.T) {
	r := NewRegistry()
	defer r.Close()
	p, err := seated(t, r, journal.NewHostSessionID()).open(1)
	require.NoError(t, err)
	require.NoError(t, p.Peer.Stdin().Close())
	select {
	case <-p.Peer.Gone():
	case <-time.After(timeout):
		t.Fatal("the agent does not end")
	}
	require.Contains(t, p.Peer.Exit().Text, "does not answer")
}

func TestServer_refuses_what_is_no_hello(t *testing.T) {
	s := NewServer(NewRegistry(), nil, zap.NewNop(), 0)
	defer s.Close()
	served := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(served)
		if ws, err := websocket.Accept(w, r, nil); err == nil {
			s.Serve(context.Background(), link.NewConn(ws, timeout), hub.Caller{}, func() { t.Error("it was admitted") })
		}
	}))
	defer server.Close()
	ws, _, err := websocket.Dial(t.Context(), server.URL, nil)
	require.NoError(t, err)
	conn := link.NewConn(ws, timeout)
	defer conn.Cut()
	require.NoError(t, conn.Write(t.Context(), connect.Frame{Type: connect.TypeHello, Body: []byte("{}")}))
	f, err := conn.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, connect.TypeRefused, f.Type)
	_, err = conn.Read(t.Context())
	require.Equal(t, connect.CloseNotProtocol, link.CloseCode(err))
	<-served
}
