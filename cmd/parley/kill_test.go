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

func TestServe_killed_again_and_again_keeps_what_it_acknowledged_and_showed(t *testing.T) {
	t.Parallel()
	kills := 10
	if soak() {
		kills = 200
	}
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent")
	crowds := []*crowd{newCrowd(t, s.API, "demo", 4), newCrowd(t, s.API, "mine", 4), newCrowd(t, s.API, "demo", 4)}
	for range kills {
		killAfter(t, s, 1+rand.IntN(60), crowds)
		s = s.Restart(t)
	}
	for _, c := range crowds {
		c.requireNothingLost(t)
	}
	s.Stop(t)
	verify := e2e.StartParley(t, "verify", s.Data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

// killAfter lets everybody talk, and kills the server when it has acknowledged
// that much in one of the sessions, by chance.
func killAfter(t *testing.T, s *e2e.Server, answers int, crowds []*crowd) {
	var left atomic.Int64
	left.Store(int64(answers))
	enough := make(chan struct{})
	counted := rand.IntN(len(crowds))
	for i, c := range crowds {
		for _, k := range c.talkers {
			k.OnAck = func() {
				if i == counted && left.Add(-1) == 0 {
					close(enough)
				}
			}
			go func() { c.failed <- k.Run(t.Context(), e2e.WebSocket, true) }() // waited for below
		}
	}
	select {
	case <-enough:
	case <-time.After(e2e.Timeout):
		t.Errorf("%d acknowledgements are still to come", left.Load())
	}
	s.Kill() // which ends all visits
	for _, c := range crowds {
		for range c.talkers {
			require.NoError(t, <-c.failed)
		}
	}
}

// crowd is some people in one session.
type crowd struct {
	session e2e.Session
	record  *e2e.Record
	from    string // a cursor from before they talked
	talkers []*e2e.ChatClient
	failed  chan error // capacity: one for each talker
}

func newCrowd(t *testing.T, api e2e.API, agent string, size int) *crowd {
	session := api.Share(t, api.StartAgent(t, agent), protocol.ModePromptDirect)
	c := &crowd{session: session, record: e2e.NewRecord(), from: session.Cursor(t), failed: make(chan error, size)}
	for i := range size {
		name := fmt.Sprintf("guest %d", i+1)
		member := session.Join(t, name)
		c.talkers = append(c.talkers, e2e.NewChatClient(session, name, member, c.record, c.from, uint64(i)))
	}
	return c
}

// requireNothingLost lets everybody settle, and checks what they were told and
// shown against what the server has.
func (c *crowd) requireNothingLost(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	c.settle(t, ctx) // their last words
	c.settle(t, ctx) // and what the others said then
	c.record.RequireMatches(t, c.session.MustEvents(t, c.from))
	times := map[string]int{}
	for _, m := range c.session.Messages(t) {
		times[m.Text]++
	}
	said := 0
	for _, k := range c.talkers {
		for _, text := range k.Acknowledged() {
			said++
			require.Equal(t, 1, times[text], "%q was acknowledged", text)
			delete(times, text)
		}
	}
	require.Empty(t, times, "said by nobody")
	t.Logf("%d messages acknowledged and there once, %d events shown", said, c.record.Len())
}

func (c *crowd) settle(t *testing.T, ctx context.Context) {
	t.Helper()
	at, err := protocol.ParseCursor(c.session.Cursor(t))
	require.NoError(t, err)
	for _, k := range c.talkers {
		go func() { c.failed <- k.Drain(ctx, at) }() // waited for below
	}
	for range c.talkers {
		require.NoError(t, <-c.failed)
	}
}
