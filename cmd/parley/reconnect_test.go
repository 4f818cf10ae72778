package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

func TestServe_with_fifty_clients_that_reconnect_loses_and_leaks_nothing(t *testing.T) {
	t.Parallel()
	duration := 30 * time.Second
	if isSoak() {
		duration = 10 * time.Minute
	}
	seed := testSeed(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent", "--idle-after", "1s", "--debug-listen", e2e.FreeAddress(t))
	debug := s.Profiles(t)
	before := debug.Usage(t)
	var groups []*clientGroup
	for _, agent := range []string{"demo", "mine", "demo", "mine", "demo"} {
		groups = append(groups, newClientGroup(t, s.API, agent, 10))
	}
	runClients(t, duration, seed, groups)
	for _, c := range groups {
		c.requireNothingLost(t)
		end := e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent}
		e2e.MustCall[any](t, s.API, end)
	}
	e2e.CloseIdleConnections()
	debug.AwaitUsage(t, before)
	s.Stop(t)
}

// testSeed returns the seed of the clients' random decisions, so that a failed run can be
// repeated.
func testSeed(t *testing.T) uint64 {
	seed := rand.Uint64()
	if given := os.Getenv("PARLEY_TEST_SEED"); given != "" {
		var err error
		seed, err = strconv.ParseUint(given, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	return seed
}

// runClients lets all clients reconnect repeatedly while the agents work.
func runClients(t *testing.T, duration time.Duration, seed uint64, groups []*clientGroup) {
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	var running sync.WaitGroup
	for i, c := range groups {
		for j, k := range c.clients {
			rng := rand.New(rand.NewPCG(seed, uint64(i*len(c.clients)+j)))
			k.MeanPause = 300 * time.Millisecond
			running.Go(func() { c.errs <- reconnectRepeatedly(ctx, k, rng) })
		}
		running.Go(func() { c.keepAgentBusy(t, ctx) })
	}
	running.Wait()
	for _, c := range groups {
		for range c.clients {
			require.NoError(t, <-c.errs)
		}
	}
}

// reconnectRepeatedly connects for random times over random transports until ctx is done.
func reconnectRepeatedly(ctx context.Context, k *e2e.ChatClient, rng *rand.Rand) error {
	transports := []e2e.Transport{e2e.WebSocket, e2e.EventStream, e2e.LongPoll}
	for ctx.Err() == nil {
		connected, cancel := context.WithTimeout(ctx, time.Duration(rng.IntN(3000))*time.Millisecond)
		err := k.Run(connected, transports[rng.IntN(len(transports))], rng.IntN(2) == 0)
		cancel()
		if err != nil {
			return err
		}
		away, cancel := context.WithTimeout(ctx, time.Duration(rng.IntN(300))*time.Millisecond)
		<-away.Done()
		cancel()
	}
	return nil
}

// keepAgentBusy prompts the agent continuously, so that there are other events than
// messages.
func (c *clientGroup) keepAgentBusy(t *testing.T, ctx context.Context) {
	host := e2e.Connect(t, c.session.HostLink(), "")
	defer host.Close()
	for ctx.Err() == nil {
		a, err := host.Prompt(ctx, "help")
		if err == nil {
			host.AwaitTurnEnd(ctx, a.ID)
		}
	}
}
