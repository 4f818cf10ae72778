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

// soak reports whether the tests are to take their time: PARLEY_SOAK=1.
func soak() bool { return os.Getenv("PARLEY_SOAK") == "1" }

// soakTime is how long everything at once lasts: half an hour, or as long as
// PARLEY_SOAK_TIME says.
func soakTime(t *testing.T) time.Duration {
	given := os.Getenv("PARLEY_SOAK_TIME")
	if given == "" {
		return 30 * time.Minute
	}
	d, err := time.ParseDuration(given)
	require.NoError(t, err)
	return d
}

func TestSoak_everything_at_once_on_a_server_that_is_killed_now_and_then(t *testing.T) {
	t.Parallel()
	o := newOrdeal(t)
	o.endure(t, true)
	o.requireNothingLost(t)
	o.requireDataIsWhatIsStored(t)
}

func TestSoak_everything_at_once_on_a_server_that_lives_on(t *testing.T) {
	t.Parallel()
	o := newOrdeal(t)
	o.endure(t, false)
	o.requireNothingLost(t)
	o.requireNothingKept(t)
	o.requireDataIsWhatIsStored(t)
}

// ordeal is a server, and everything that is hard on it: clients that come and
// go, half of them over a bad network, some that never read, and agents that
// stream.
type ordeal struct {
	server  *e2e.Server
	network *e2e.Network
	crowds  []*crowd
	seed    uint64
	before  e2e.Usage
	memory  int // that it occupied before
	stored  int // bytes of events, as clients are shown them

	acknowledged atomic.Int64
	stalls       atomic.Int64
	kills        int
}

func newOrdeal(t *testing.T) *ordeal {
	if !soak() {
		t.Skip("takes half an hour; run make soak")
	}
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir(), Flags: []string{"--agent", "mine=parley demo-agent --history " + t.TempDir(),
		"--idle-after", "5s", "--debug-listen", e2e.FreeAddress(t)}}.Start(t)
	o := &ordeal{server: s, network: e2e.NewNetwork(t, s), seed: chaosSeed(t)}
	o.before, o.memory = s.Profiles(t).Usage(t), s.ResidentMemory(t)
	for _, agent := range []string{"demo", "mine", "demo"} {
		c := newCrowd(t, s.API, agent, 8)
		for i, k := range c.talkers {
			k.MeanPause = time.Second
			k.OnAck = func() { o.acknowledged.Add(1) }
			if i%2 == 0 {
				k.Session.API = o.network.API
			}
		}
		o.crowds = append(o.crowds, c)
	}
	return o
}

// endure lets everything happen at once, until the time is over or something
// that must not be has happened.
func (o *ordeal) endure(t *testing.T, killed bool) {
	ctx, cancel := context.WithTimeout(t.Context(), soakTime(t))
	defer cancel()
	var going sync.WaitGroup
	for i, c := range o.crowds {
		for j, k := range c.talkers {
			chance := rand.New(rand.NewPCG(o.seed, uint64(i*len(c.talkers)+j)))
			going.Go(func() {
				if err := visitAgainAndAgain(ctx, k, chance); err != nil {
					t.Error(err)
					cancel()
				}
			})
		}
		going.Go(func() { c.keepPrompting(ctx) })
		stone := c.session.Join(t, "stone")
		going.Go(func() { o.neverRead(ctx, c, stone) })
	}
	going.Go(func() { o.changeWeather(ctx) })
	o.watch(t, ctx, killed)
	cancel()
	going.Wait()
	o.network.ClearFaults()
	o.report(t)
}

// watch tells every half minute how things stand, and kills the server if that
// is wanted.
func (o *ordeal) watch(t *testing.T, ctx context.Context, killed bool) {
	tell := time.NewTicker(30 * time.Second)
	defer tell.Stop()
	chance := rand.New(rand.NewPCG(o.seed, 1))
	var kill <-chan time.Time
	for {
		if killed && kill == nil {
			kill = time.After(between(chance, 5*time.Second, 40*time.Second))
		}
		select {
		case <-tell.C:
			o.report(t)
		case <-kill:
			o.kills, kill = o.kills+1, nil
			o.server.Kill()
			o.server = o.server.Restart(t)
		case <-o.server.Exited():
			t.Error("the server has ended")
			return
		case <-ctx.Done():
			return
		}
	}
}

func (o *ordeal) report(t *testing.T) {
	shown := 0
	for _, c := range o.crowds {
		shown += c.record.Len()
	}
	t.Logf("%d messages acknowledged, %d events shown, %d clients that never read, %d kills; %s; %d MiB occupied, %d MiB of data",
		o.acknowledged.Load(), shown, o.stalls.Load(), o.kills,
		o.server.Profiles(t).Usage(t), o.server.ResidentMemory(t)>>20, o.dataSize(t)>>20)
}

// changeWeather gives the network one fault after the other.
func (o *ordeal) changeWeather(ctx context.Context) {
	chance := rand.New(rand.NewPCG(o.seed, 2))
	all := []e2e.Faults{{}, {}, {}} // and often none
	for _, w := range faults {
		all = append(all, w)
	}
	for ctx.Err() == nil {
		o.network.SetFaults(all[chance.IntN(len(all))])
		pause(ctx, between(chance, time.Second, 8*time.Second))
	}
}

// neverRead has a client come again and again that reads nothing, from the
// beginning of the session or from now on.
func (o *ordeal) neverRead(ctx context.Context, c *crowd, m e2e.Member) {
	chance := rand.New(rand.NewPCG(o.seed, 3))
	for ctx.Err() == nil {
		after := c.from
		if chance.IntN(2) == 0 {
			after = "" // what happens from now on
		}
		if stalled, err := c.session.ConnectStalled(ctx, m, after); err == nil {
			o.stalls.Add(1)
			pause(ctx, between(chance, 5*time.Second, 45*time.Second))
			stalled.Close()
		}
		pause(ctx, 100*time.Millisecond)
	}
}

// keepPrompting gives the agent more to do than it can: what its queue does not
// take is refused.
func (c *crowd) keepPrompting(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		words := []string{"help", "long", "tools", "plan", "big", "help " + strings.Repeat(".", 30<<10)}[i%6]
		_, _ = c.session.Do(ctx, c.session.Host, fmt.Sprint("prompt ", i), &protocol.Prompt{Prompt: words})
		pause(ctx, time.Second)
	}
}

func pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

func between(chance *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(chance.Int64N(int64(most-least)))
}
