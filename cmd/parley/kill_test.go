package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_killed_again_and_again_keeps_everything_it_acknowledged_and_sent(t *testing.T) {
	t.Parallel()
	kills := 10
	if isSoak() {
		kills = 200
	}
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent")
	groups := []*clientGroup{newClientGroup(t, s.API, "demo", 4), newClientGroup(t, s.API, "mine", 4), newClientGroup(t, s.API, "demo", 4)}
	for range kills {
		killAfter(t, s, 1+rand.IntN(60), groups)
		s = s.Restart(t)
	}
	for _, c := range groups {
		c.requireNothingLost(t)
	}
	s.Stop(t)
	verify := e2e.StartParley(t, "verify", s.Data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

// killAfter lets all clients send messages, and kills the server when it has acknowledged
// a number of them in one session, which is chosen at random.
func killAfter(t *testing.T, s *e2e.Server, acknowledgements int, groups []*clientGroup) {
	var left atomic.Int64
	left.Store(int64(acknowledgements))
	enough := make(chan struct{})
	counted := rand.IntN(len(groups))
	for i, c := range groups {
		for _, k := range c.clients {
			k.OnAck = func() {
				if i == counted && left.Add(-1) == 0 {
					close(enough)
				}
			}
			go func() { c.errs <- k.Run(t.Context(), e2e.WebSocket, true) }() // waited for below
		}
	}
	select {
	case <-enough:
	case <-time.After(e2e.Timeout):
		t.Errorf("%d acknowledgements are missing", left.Load())
	}
	s.Kill() // which ends all connections
	for _, c := range groups {
		for range c.clients {
			require.NoError(t, <-c.errs)
		}
	}
}

// clientGroup is a few clients of one session.
type clientGroup struct {
	session e2e.Session
	record  *e2e.Record
	from    string // the cursor before the first message
	clients []*e2e.ChatClient
	reader  e2e.Member // one of them
	errs    chan error // each client sends one result per run; the capacity is one for each client
}

func newClientGroup(t *testing.T, api e2e.API, agent string, size int) *clientGroup {
	session := api.Share(t, api.StartAgent(t, agent), protocol.ModePromptDirect)
	c := &clientGroup{session: session, record: e2e.NewRecord(), from: session.Cursor(t), errs: make(chan error, size)}
	for i := range size {
		name := fmt.Sprintf("guest %d", i+1)
		member := session.Join(t, name)
		c.reader = member
		c.clients = append(c.clients, e2e.NewChatClient(session, name, member, c.record, c.from, uint64(i)))
	}
	return c
}

// requireNothingLost lets all clients complete their messages, and compares what they
// received with what the server has stored.
func (c *clientGroup) requireNothingLost(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	c.drain(t, ctx) // their last messages
	c.drain(t, ctx) // and the messages that others have sent in the meantime
	c.record.RequireMatches(t, c.session.MustEvents(t, c.reader, c.from))
	times := map[string]int{}
	for _, m := range c.session.Messages(t) {
		times[m.Text]++
	}
	acknowledged := 0
	for _, k := range c.clients {
		for _, text := range k.Acknowledged() {
			acknowledged++
			require.Equal(t, 1, times[text], "%q was acknowledged", text)
			delete(times, text)
		}
	}
	require.Empty(t, times, "messages that nobody sent")
	t.Logf("%d messages were acknowledged and stored once, %d events received", acknowledged, c.record.Len())
}

func (c *clientGroup) drain(t *testing.T, ctx context.Context) {
	t.Helper()
	at, err := protocol.ParseCursor(c.session.Cursor(t))
	require.NoError(t, err)
	for _, k := range c.clients {
		go func() { c.errs <- k.Drain(ctx, at) }() // waited for below
	}
	for range c.clients {
		require.NoError(t, <-c.errs)
	}
}
