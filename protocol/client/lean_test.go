package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/client"
)

// counted is a connection that counts the bytes that it receives.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.bytes.Add(int64(n))
	return n, err
}

// The agent of [streamed] writes this many pieces, of this many bytes.
const (
	pieces    = 5000
	pieceSize = 12
)

// textOf returns the text of an agent's update.
func textOf(t *testing.T, u *protocol.HostSessionUpdate) string {
	t.Helper()
	var n struct {
		Params struct {
			Update struct{ Content struct{ Text string } }
		}
	}
	require.NoError(t, json.Unmarshal(u.Notification, &n))
	return n.Params.Update.Content.Text
}

// streamed lets an agent stream a text to a client with these options, and returns the
// number of bytes that the client receives over its network.
func streamed(t *testing.T, o client.Options, plain bool) int64 {
	t.Helper()
	ctx := withPatience(t)
	agents := hubtest.NewAgents()
	s, err := startSessionOn(ctx, agents)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.stop()) })
	agent, err := agents.Next(ctx)
	require.NoError(t, err)

	var bytes atomic.Int64
	network := newNetwork(plain)
	dial := network.DialContext
	network.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return counted{conn, &bytes}, err
	}
	o.HTTPClient = &http.Client{Transport: network}
	host := open(t, s.host.String(), o)
	_, err = host.Prompt(ctx, "write")
	require.NoError(t, err)
	prompt, err := agent.NextPrompt(ctx)
	require.NoError(t, err)
	var saying sync.WaitGroup
	saying.Go(func() {
		for i := range pieces {
			agent.Say(rules.AgentNotification{Streamed: true, Raw: fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"%s",`+
				`"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"piece %05d."}}}}`, s.host.Session, i)})
		}
		agent.Say(rules.AgentTurnEnded{Turn: prompt.Turn, StopReason: "end_turn"})
	})
	defer saying.Wait()
	var text strings.Builder
	var last uint64 // the number of the last event
	await(t, host, func(e client.Event) bool {
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok {
			piece := textOf(t, u)
			text.WriteString(piece)
			require.EqualValues(t, len(piece)/pieceSize, e.Cursor.Seq-last, "the cursor is that of the last piece")
		}
		last = e.Cursor.Seq
		return e.Type == protocol.EventPromptDispatchCompleted
	})
	var want strings.Builder
	for i := range pieces {
		fmt.Fprintf(&want, "piece %05d.", i)
	}
	require.Equal(t, want.String(), text.String())
	t.Logf("%d bytes", bytes.Load())
	return bytes.Load()
}

func TestClient_receives_a_streamed_text_in_few_bytes(t *testing.T) {
	const mega = 1_000_000
	for way, plain := range map[string]bool{"over a WebSocket": false, "over an event stream": true} {
		t.Run(way, func(t *testing.T) {
			require.Less(t, streamed(t, client.Options{}, plain), int64(mega))
		})
	}
	t.Run("unless it asks for each piece", func(t *testing.T) {
		require.Greater(t, streamed(t, client.Options{MaxDelay: -1}, false), int64(mega))
	})
}
