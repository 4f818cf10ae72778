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

// faults are what a network may do to connections. Toxiproxy counts in
// milliseconds, and the slicer's pause in microseconds.
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

// stormy is how long the weather lasts.
const stormy = 2 * time.Second

func TestServe_behind_a_bad_network_loses_nothing_and_disturbs_nobody(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--idle-after", "1s", "--debug-listen", e2e.FreeAddress(t))
	n := e2e.NewNetwork(t, s)
	debug := s.Profiles(t)
	before := debug.Usage(t)
	seed := chaosSeed(t)
	for fault, weather := range faults {
		t.Run(fault, func(t *testing.T) {
			c := newCrowd(t, n.API, "demo", 6)
			client := e2e.Connect(t, c.session.InviteLink(), "Dan")
			n.SetFaults(weather)
			storm(t, s, c, seed)
			n.ClearFaults()
			c.requireNothingLost(t)
			client.AwaitSeq(t, numberOf(t, c.session.Cursor(t)))
			e2e.MustCall[any](t, s.API, e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent})
		})
	}
	n.Close()
	e2e.CloseIdleConnections()
	debug.AwaitUsage(t, before)
	s.Stop(t)
}

// storm lets everybody talk. The first two of a crowd are near the server: they
// are answered all the time, and stay connected. It lasts until both were
// answered, which may take longer on a busy machine.
func storm(t *testing.T, s *e2e.Server, c *crowd, seed uint64) {
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	var talking sync.WaitGroup
	answered := make(chan struct{}, 2)
	talking.Go(func() {
		defer cancel()
		weather := time.After(stormy)
		for range cap(answered) {
			select {
			case <-answered:
			case <-ctx.Done():
				return
			}
		}
		<-weather
	})
	for i, k := range c.talkers {
		k.MeanPause = 100 * time.Millisecond
		if i >= 2 {
			chance := rand.New(rand.NewPCG(seed, uint64(i)))
			talking.Go(func() { c.failed <- visitAgainAndAgain(ctx, k, chance) })
			continue
		}
		var answers atomic.Int64
		k.OnAck = func() {
			if answers.Add(1) == 1 {
				answered <- struct{}{}
			}
		}
		k.Session.API = s.API
		talking.Go(func() {
			c.failed <- k.Run(ctx, e2e.WebSocket, true)
			if ctx.Err() == nil || answers.Load() == 0 {
				t.Errorf("%s was disturbed after %d answers", k.Name, answers.Load())
			}
		})
	}
	talking.Wait()
	for range c.talkers {
		require.NoError(t, <-c.failed)
	}
}

// Sockets whose peer is gone without a word end when they miss their pings,
// within three heartbeats.
func TestServe_lets_go_of_peers_that_vanish(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--debug-listen", e2e.FreeAddress(t))
	n := e2e.NewNetwork(t, s)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	ben, cleo := e2e.Connect(t, session.InviteLink(), "Ben"), e2e.Connect(t, session.InviteLink(), "Cleo")
	e2e.CloseIdleConnections()
	debug := s.Profiles(t)
	before := debug.Usage(t)

	faraway := session
	faraway.API = n.API
	var ears []*e2e.Subscriber
	for range 10 {
		ears = append(ears, faraway.Subscribe(t, e2e.WebSocket, session.Cursor(t)))
	}
	at := say(t, ben, "everybody hears this")
	for _, e := range ears {
		e.AwaitSeq(t, at)
	}
	n.SetFaults(both(new(e2e.Blackhole)))
	at = say(t, ben, "those who are there hear this")
	cleo.AwaitSeq(t, at)
	e2e.CloseIdleConnections()
	debug.AwaitUsageWithin(t, before, 3*protocol.Heartbeat+e2e.Timeout)
	cleo.AwaitSeq(t, say(t, ben, "and this"))
	s.Stop(t)
}
