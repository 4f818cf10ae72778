package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

const lastReader = 7 // the number of who looks when all is over, beyond those of the clients

// A load says how often each client asks, and how often the server is killed
// meanwhile.
type load struct{ each, kills int }

func TestServe_killed_under_concurrent_clients_stays_linearisable(t *testing.T) {
	t.Parallel()
	rounds := 1
	if soak() {
		rounds = 30
	}
	s := e2e.StartServer(t, t.TempDir())
	for range rounds {
		seed := chaosSeed(t)
		histories := []*history{newHistory(t, s.API, "ann", "ben", "cleo"), newHistory(t, s.API, "ann", "ben", "cleo")}
		s = recordHistories(t, s, histories, load{each: 50, kills: 3}, seed)
		for _, h := range histories {
			h.requireLinearisable(t)
		}
	}
	s.Stop(t)
}

// To refuse a history takes a look at each of its orders. There are too many
// with operations that a kill left without an answer, so there are none here.
func TestServe_a_history_with_a_lie_in_it_is_not_linearisable(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	h := newHistory(t, s.API, "ann", "ben", "cleo")
	s = recordHistories(t, s, []*history{h}, load{each: 15}, chaosSeed(t))
	h.requireLinearisable(t)
	h.requireLiesFound(t)
	s.Stop(t)
}

// recordHistories lets everybody ask, while the server is killed now and then.
func recordHistories(t *testing.T, s *e2e.Server, histories []*history, l load, seed uint64) *e2e.Server {
	ctx, cancel := context.WithTimeout(t.Context(), 6*e2e.Timeout)
	defer cancel()
	var clients []*asker
	for i, h := range histories {
		clients = append(clients, h.clients(t, seed+uint64(i))...)
	}
	var asking sync.WaitGroup
	for _, k := range clients {
		asking.Go(func() {
			for range l.each {
				k.act(ctx)
			}
		})
	}
	chance := rand.New(rand.NewPCG(seed, 0))
	for i := range l.kills {
		share := l.each * len(clients) / (l.kills + 1)
		awaitAsked(t, histories, i*share+chance.IntN(share))
		s.Kill()
		s = s.Restart(t)
	}
	asking.Wait()
	require.NoError(t, ctx.Err())
	for _, h := range histories {
		last := h.client(hostUser, lastReader, nil, seed)
		for _, what := range []reading{readState, readMessages, readWelcome, readEvents} {
			last.read(t.Context(), what)
		}
		var err error
		_, h.start.ahead, err = h.replay(t.Context(), h.session.Host)
		require.NoError(t, err)
	}
	return s
}

// clients are all who ask in one session: each user over several connections,
// and on each way to ask.
func (h *history) clients(t *testing.T, seed uint64) []*asker {
	commands := func(user string) asking { return again(h.session.Do, h.people[user]) }
	original := func(user string) asking { return again(h.session.DoREST, h.people[user]) }
	socket := func(user string) asking { return overSocket(t, h.session, h.people[user]) }
	return []*asker{
		h.client(hostUser, 0, socket(hostUser), seed),
		h.client(hostUser, 1, socket(hostUser), seed),
		h.client(hostUser, 2, original(hostUser), seed),
		h.client("ann", 3, socket("ann"), seed),
		h.client("ann", 4, commands("ann"), seed),
		h.client("ben", 5, original("ben"), seed),
		h.client("cleo", 6, commands("cleo"), seed),
	}
}

// awaitAsked waits until that much was asked in all.
func awaitAsked(t *testing.T, histories []*history, enough int) {
	t.Helper()
	late := time.After(e2e.Timeout)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		asked := 0
		for _, h := range histories {
			asked += h.len()
		}
		if asked >= enough {
			return
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("only %d of %d operations have come to an end", asked, enough)
		}
	}
}

// requireLiesFound checks that a history is refused in which the last reading of
// the messages shows what it must not.
func (h *history) requireLiesFound(t *testing.T) {
	t.Helper()
	var said []string // in the order of the acknowledgements
	for _, o := range h.ops {
		if chat, ok := o.Input.(act).do.(*protocol.Chat); ok && o.Output.(reply).what == saidSo(chat.Text) {
			said = append(said, chat.Text+"\n")
		}
	}
	require.NotEmpty(t, said)
	first, last := said[0], said[len(said)-1]
	for lie, doctor := range map[string]func(string) string{
		"a stale reading":             func(all string) string { return all[:strings.Index(all, last)] },
		"a lost acknowledged message": func(all string) string { return strings.Replace(all, first, "", 1) },
		"a message twice":             func(all string) string { return all + first },
		"messages turned around":      func(all string) string { return last + strings.Replace(all, last, "", 1) },
	} {
		doctored := h.whole()
		i := slices.IndexFunc(doctored, func(o porcupine.Operation) bool {
			return o.Input.(act).read == readMessages && o.ClientId == lastReader
		})
		r := doctored[i].Output.(reply)
		r.said = doctor(r.said)
		doctored[i].Output = r
		result := porcupine.CheckOperationsTimeout(rules(h.start), doctored, e2e.Timeout)
		require.Equal(t, porcupine.Illegal, result, lie)
	}
}
