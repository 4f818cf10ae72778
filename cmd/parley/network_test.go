package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// faults are the faults of a network. Times are in milliseconds, except for the delay of
// the slicer, which is in microseconds.
var faults = map[string]e2e.Faults{
	"latency":               both(&toxics.LatencyToxic{Latency: 100}),
	"jitter":                both(&toxics.LatencyToxic{Latency: 60, Jitter: 60}),
	"a slow close":          both(&toxics.SlowCloseToxic{Delay: 500}),
	"resets":                both(&toxics.ResetToxic{Timeout: 50}),
	"a byte a second":       both(&toxics.SlicerToxic{AverageSize: 1, Delay: 1_000_000}),
	"peers that vanish":     both(new(e2e.Blackhole)),
	"silence to clients":    {Down: new(e2e.Blackhole)},
	"silence to the server": {Up: new(e2e.Blackhole)},
}

func both(t toxics.Toxic) e2e.Faults { return e2e.Faults{Up: t, Down: t} }

// faultDuration is how long a fault lasts.
const faultDuration = 2 * time.Second

func TestServe_behind_a_bad_network_loses_nothing_and_serves_other_clients(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--idle-after", "1s", "--debug-listen", e2e.FreeAddress(t))
	n := e2e.NewNetwork(t, s)
	debug := s.Profiles(t)
	before := debug.Usage(t)
	seed := testSeed(t)
	for fault, current := range faults {
		t.Run(fault, func(t *testing.T) {
			c := newClientGroup(t, n.API, "demo", 6)
			client := e2e.Connect(t, c.session.InviteLink(), "Dan")
			n.SetFaults(current)
			sendDuringFaults(t, s, c, seed)
			n.ClearFaults()
			c.requireNothingLost(t)
			client.AwaitSeq(t, sequenceOf(t, c.session.Cursor(t)))
			e2e.MustCall[any](t, s.API, e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent})
		})
	}
	n.Close()
	e2e.CloseIdleConnections()
	debug.AwaitUsage(t, before)
	s.Stop(t)
}

// sendDuringFaults lets all clients of a group send messages. The first two connect to the
// server directly and must stay connected. It returns when both have received an
// acknowledgement, which may take longer on a busy machine.
func sendDuringFaults(t *testing.T, s *e2e.Server, c *clientGroup, seed uint64) {
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	var running sync.WaitGroup
	acknowledged := make(chan struct{}, 2)
	running.Go(func() {
		defer cancel()
		over := time.After(faultDuration)
		for range cap(acknowledged) {
			select {
			case <-acknowledged:
			case <-ctx.Done():
				return
			}
		}
		<-over
	})
	for i, k := range c.clients {
		k.MeanPause = 100 * time.Millisecond
		if i >= 2 {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			running.Go(func() { c.errs <- reconnectRepeatedly(ctx, k, rng) })
			continue
		}
		var count atomic.Int64
		k.OnAck = func() {
			if count.Add(1) == 1 {
				acknowledged <- struct{}{}
			}
		}
		k.Session.API = s.API
		running.Go(func() {
			c.errs <- k.Run(ctx, e2e.WebSocket, true)
			if ctx.Err() == nil || count.Load() == 0 {
				t.Errorf("%s was disconnected after %d acknowledgements", k.Name, count.Load())
			}
		})
	}
	running.Wait()
	for range c.clients {
		require.NoError(t, <-c.errs)
	}
}

// A WebSocket whose peer has vanished is closed when pings are not answered, within three
// heartbeats.
func TestServe_closes_connections_of_peers_that_vanish(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--debug-listen", e2e.FreeAddress(t))
	n := e2e.NewNetwork(t, s)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	ben, cleo := e2e.Connect(t, session.InviteLink(), "Ben"), e2e.Connect(t, session.InviteLink(), "Cleo")
	e2e.CloseIdleConnections()
	debug := s.Profiles(t)
	before := debug.Usage(t)

	remote := session
	remote.API = n.API
	var subscribers []*e2e.Subscriber
	for range 10 {
		subscribers = append(subscribers, remote.Subscribe(t, e2e.WebSocket, session.Cursor(t)))
	}
	at := sendMessage(t, ben, "all clients receive this")
	for _, e := range subscribers {
		e.AwaitSeq(t, at)
	}
	n.SetFaults(both(new(e2e.Blackhole)))
	at = sendMessage(t, ben, "connected clients receive this")
	cleo.AwaitSeq(t, at)
	e2e.CloseIdleConnections()
	debug.AwaitUsageWithin(t, before, 3*protocol.Heartbeat+e2e.Timeout)
	cleo.AwaitSeq(t, sendMessage(t, ben, "and this"))
	s.Stop(t)
}
