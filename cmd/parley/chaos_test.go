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

func TestServe_with_fifty_clients_that_come_and_go_loses_nothing_and_keeps_nothing(t *testing.T) {
	t.Parallel()
	lasting := 30 * time.Second
	if soak() {
		lasting = 10 * time.Minute
	}
	seed := chaosSeed(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent", "--idle-after", "1s", "--debug-listen", e2e.FreeAddress(t))
	debug := s.Profiles(t)
	before := debug.Usage(t)
	var crowds []*crowd
	for _, agent := range []string{"demo", "mine", "demo", "mine", "demo"} {
		crowds = append(crowds, newCrowd(t, s.API, agent, 10))
	}
	comeAndGo(t, lasting, seed, crowds)
	for _, c := range crowds {
		c.requireNothingLost(t)
		end := e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent}
		e2e.MustCall[any](t, s.API, end)
	}
	e2e.CloseIdleConnections()
	debug.AwaitUsage(t, before)
	s.Stop(t)
}

// chaosSeed makes a run that went wrong repeatable, as far as chance is in what
// the clients do.
func chaosSeed(t *testing.T) uint64 {
	seed := rand.Uint64()
	if given := os.Getenv("PARLEY_TEST_SEED"); given != "" {
		var err error
		seed, err = strconv.ParseUint(given, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	return seed
}

// comeAndGo lets everybody visit again and again while the agents work.
func comeAndGo(t *testing.T, lasting time.Duration, seed uint64, crowds []*crowd) {
	ctx, cancel := context.WithTimeout(t.Context(), lasting)
	defer cancel()
	var visitors sync.WaitGroup
	for i, c := range crowds {
		for j, k := range c.talkers {
			chance := rand.New(rand.NewPCG(seed, uint64(i*len(c.talkers)+j)))
			k.MeanPause = 300 * time.Millisecond
			visitors.Go(func() { c.failed <- visitAgainAndAgain(ctx, k, chance) })
		}
		visitors.Go(func() { c.keepAgentBusy(t, ctx) })
	}
	visitors.Wait()
	for _, c := range crowds {
		for range c.talkers {
			require.NoError(t, <-c.failed)
		}
	}
}

func visitAgainAndAgain(ctx context.Context, k *e2e.ChatClient, chance *rand.Rand) error {
	ways := []e2e.Transport{e2e.WebSocket, e2e.EventStream, e2e.LongPoll}
	for ctx.Err() == nil {
		visit, cancel := context.WithTimeout(ctx, time.Duration(chance.IntN(3000))*time.Millisecond)
		err := k.Run(visit, ways[chance.IntN(len(ways))], chance.IntN(2) == 0)
		cancel()
		if err != nil {
			return err
		}
		away, cancel := context.WithTimeout(ctx, time.Duration(chance.IntN(300))*time.Millisecond)
		<-away.Done()
		cancel()
	}
	return nil
}

// keepAgentBusy has the agent work without an end, so that there is more to
// hear than talk.
func (c *crowd) keepAgentBusy(t *testing.T, ctx context.Context) {
	host := e2e.Connect(t, c.session.HostLink(), "")
	defer host.Close()
	for ctx.Err() == nil {
		a, err := host.Prompt(ctx, "help")
		if err == nil {
			host.AwaitTurnEnd(ctx, a.ID)
		}
	}
}
