package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// isSoak reports whether tests run in their long version: PARLEY_SOAK=1.
func isSoak() bool { return os.Getenv("PARLEY_SOAK") == "1" }

// soakDuration returns how long the soak tests run: PARLEY_SOAK_TIME, or half an hour.
func soakDuration(t *testing.T) time.Duration {
	given := os.Getenv("PARLEY_SOAK_TIME")
	if given == "" {
		return 30 * time.Minute
	}
	d, err := time.ParseDuration(given)
	require.NoError(t, err)
	return d
}

func TestSoak_all_faults_on_a_server_that_is_killed(t *testing.T) {
	t.Parallel()
	o := newSoakRun(t)
	o.run(t, true)
	o.requireNothingLost(t)
	o.requireDataIsWhatIsStored(t)
}

func TestSoak_all_faults_on_a_server_that_keeps_running(t *testing.T) {
	t.Parallel()
	o := newSoakRun(t)
	o.run(t, false)
	o.requireNothingLost(t)
	o.requireNothingKept(t)
	o.requireDataIsWhatIsStored(t)
}

// soakRun is a server under all faults at once: clients that reconnect, half of them over a
// bad network, clients that never read, and agents that stream.
type soakRun struct {
	server  *e2e.Server
	network *e2e.Network
	groups  []*clientGroup
	seed    uint64
	before  e2e.Usage
	memory  int // bytes that the server occupied before
	stored  int // bytes of public events

	acknowledged atomic.Int64
	stalls       atomic.Int64
	kills        int
}

// newSoakRun starts the server and creates the clients.
func newSoakRun(t *testing.T) *soakRun {
	if !isSoak() {
		t.Skip("takes half an hour; run make soak")
	}
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir(), Flags: []string{"--agent", "mine=parley demo-agent --history " + t.TempDir(),
		"--idle-after", "5s", "--debug-listen", e2e.FreeAddress(t)}}.Start(t)
	o := &soakRun{server: s, network: e2e.NewNetwork(t, s), seed: testSeed(t)}
	o.before, o.memory = s.Profiles(t).Usage(t), s.ResidentMemory(t)
	for _, agent := range []string{"demo", "mine", "demo"} {
		c := newClientGroup(t, s.API, agent, 8)
		for i, k := range c.clients {
			k.MeanPause = time.Second
			k.OnAck = func() { o.acknowledged.Add(1) }
			if i%2 == 0 {
				k.Session.API = o.network.API
			}
		}
		o.groups = append(o.groups, c)
	}
	return o
}

// run runs all clients and faults at once, until the time is over or a check has failed.
func (o *soakRun) run(t *testing.T, killed bool) {
	ctx, cancel := context.WithTimeout(t.Context(), soakDuration(t))
	defer cancel()
	var running sync.WaitGroup
	for i, c := range o.groups {
		for j, k := range c.clients {
			rng := rand.New(rand.NewPCG(o.seed, uint64(i*len(c.clients)+j)))
			running.Go(func() {
				if err := reconnectRepeatedly(ctx, k, rng); err != nil {
					t.Error(err)
					cancel()
				}
			})
		}
		running.Go(func() { c.keepPrompting(ctx) })
		stalled := c.session.Join(t, "stalled")
		running.Go(func() { o.connectWithoutReading(ctx, c, stalled) })
	}
	running.Go(func() { o.changeFaults(ctx) })
	o.superviseServer(t, ctx, killed)
	cancel()
	running.Wait()
	o.network.ClearFaults()
	o.report(t)
}

// superviseServer reports the state every half minute and, if killed is true, kills and
// restarts the server at random times.
func (o *soakRun) superviseServer(t *testing.T, ctx context.Context, killed bool) {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	rng := rand.New(rand.NewPCG(o.seed, 1))
	var kill <-chan time.Time
	for {
		if killed && kill == nil {
			kill = time.After(randomBetween(rng, 5*time.Second, 40*time.Second))
		}
		select {
		case <-tick.C:
			o.report(t)
		case <-kill:
			o.kills, kill = o.kills+1, nil
			o.server.Kill()
			o.server = o.server.Restart(t)
		case <-o.server.Exited():
			t.Error("the server has exited")
			return
		case <-ctx.Done():
			return
		}
	}
}

// report logs the state of the run.
func (o *soakRun) report(t *testing.T) {
	received := 0
	for _, c := range o.groups {
		received += c.record.Len()
	}
	t.Logf("%d messages acknowledged, %d events received, %d clients that never read, %d kills; %s; %d MiB occupied, %d MiB of data",
		o.acknowledged.Load(), received, o.stalls.Load(), o.kills,
		o.server.Profiles(t).Usage(t), o.server.ResidentMemory(t)>>20, o.dataSize(t)>>20)
}

// changeFaults gives the network one random fault after the other.
func (o *soakRun) changeFaults(ctx context.Context) {
	rng := rand.New(rand.NewPCG(o.seed, 2))
	all := []e2e.Faults{{}, {}, {}} // often none
	for _, w := range faults {
		all = append(all, w)
	}
	for ctx.Err() == nil {
		o.network.SetFaults(all[rng.IntN(len(all))])
		sleep(ctx, randomBetween(rng, time.Second, 8*time.Second))
	}
}

// connectWithoutReading repeatedly connects a client that reads nothing, with a cursor from
// the beginning of the session or from now.
func (o *soakRun) connectWithoutReading(ctx context.Context, c *clientGroup, m e2e.Member) {
	rng := rand.New(rand.NewPCG(o.seed, 3))
	for ctx.Err() == nil {
		after := c.from
		if rng.IntN(2) == 0 {
			after = "" // events from now on
		}
		if stalled, err := c.session.ConnectStalled(ctx, m, after); err == nil {
			o.stalls.Add(1)
			sleep(ctx, randomBetween(rng, 5*time.Second, 45*time.Second))
			stalled.Close()
		}
		sleep(ctx, 100*time.Millisecond)
	}
}

// keepPrompting sends more prompts than the agent can process. Prompts for which the queue
// has no room are refused.
func (c *clientGroup) keepPrompting(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		words := []string{"help", "long", "tools", "plan", "big", "help " + strings.Repeat(".", 30<<10)}[i%6]
		_, _ = c.session.Do(ctx, c.session.Host, fmt.Sprint("prompt ", i), &protocol.Prompt{Prompt: words})
		sleep(ctx, time.Second)
	}
}

// sleep waits for a time or until ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// randomBetween returns a random duration.
func randomBetween(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Int64N(int64(most-least)))
}
