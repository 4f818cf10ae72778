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

// finalReader is the number of the client that reads the session at the end.
const finalReader = 7

// workload is how many operations each client runs, and how often the server is killed in
// the meantime.
type workload struct{ perClient, kills int }

func TestServe_killed_under_concurrent_clients_stays_linearisable(t *testing.T) {
	t.Parallel()
	rounds := 1
	if isSoak() {
		rounds = 30
	}
	s := e2e.StartServer(t, t.TempDir())
	for range rounds {
		seed := testSeed(t)
		histories := []*history{newHistory(t, s.API, "ann", "ben", "cleo"), newHistory(t, s.API, "ann", "ben", "cleo")}
		s = recordHistories(t, s, histories, workload{perClient: 50, kills: 3}, seed)
		for _, h := range histories {
			h.requireLinearisable(t)
		}
	}
	s.Stop(t)
}

// To reject a history, the checker tries all its orders. Operations without an answer
// multiply them, so the server is not killed here.
func TestServe_a_falsified_history_is_not_linearisable(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	h := newHistory(t, s.API, "ann", "ben", "cleo")
	s = recordHistories(t, s, []*history{h}, workload{perClient: 15}, testSeed(t))
	h.requireLinearisable(t)
	h.requireFalsificationsFound(t)
	s.Stop(t)
}

// recordHistories runs all clients, and kills the server in the meantime.
func recordHistories(t *testing.T, s *e2e.Server, histories []*history, l workload, seed uint64) *e2e.Server {
	ctx, cancel := context.WithTimeout(t.Context(), 6*e2e.Timeout)
	defer cancel()
	var clients []*historyClient
	for i, h := range histories {
		clients = append(clients, h.clients(t, seed+uint64(i))...)
	}
	var running sync.WaitGroup
	for _, k := range clients {
		running.Go(func() {
			for range l.perClient {
				k.runOne(ctx)
			}
		})
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for i := range l.kills {
		share := l.perClient * len(clients) / (l.kills + 1)
		awaitOperations(t, histories, i*share+rng.IntN(share))
		s.Kill()
		s = s.Restart(t)
	}
	running.Wait()
	require.NoError(t, ctx.Err())
	for _, h := range histories {
		last := h.client(hostUser, finalReader, nil, seed)
		for _, what := range []readKind{readState, readMessages, readWelcome, readEvents} {
			last.runRead(t.Context(), what)
		}
		var err error
		_, h.start.expected, err = h.replay(t.Context(), h.session.Host)
		require.NoError(t, err)
	}
	return s
}

// clients returns the clients of one session. They use all ways to send commands, and some
// users have several connections.
func (h *history) clients(t *testing.T, seed uint64) []*historyClient {
	commands := func(user string) sendFunc { return retry(h.session.Do, h.people[user]) }
	original := func(user string) sendFunc { return retry(h.session.DoREST, h.people[user]) }
	socket := func(user string) sendFunc { return viaWebSocket(t, h.session, h.people[user]) }
	return []*historyClient{
		h.client(hostUser, 0, socket(hostUser), seed),
		h.client(hostUser, 1, socket(hostUser), seed),
		h.client(hostUser, 2, original(hostUser), seed),
		h.client("ann", 3, socket("ann"), seed),
		h.client("ann", 4, commands("ann"), seed),
		h.client("ben", 5, original("ben"), seed),
		h.client("cleo", 6, commands("cleo"), seed),
	}
}

// awaitOperations waits until a number of operations have completed.
func awaitOperations(t *testing.T, histories []*history, enough int) {
	t.Helper()
	completed := 0
	isEnough := func() bool {
		completed = 0
		for _, h := range histories {
			completed += h.len()
		}
		return completed >= enough
	}
	if !e2e.Poll(time.Millisecond, e2e.Timeout, isEnough) {
		t.Fatalf("only %d of %d operations have completed", completed, enough)
	}
}

// requireFalsificationsFound checks that histories are rejected in which the last read of
// the messages is falsified.
func (h *history) requireFalsificationsFound(t *testing.T) {
	t.Helper()
	var sent []string // in the order of the acknowledgements
	for _, o := range h.ops {
		if chat, ok := o.Input.(operation).command.(*protocol.Chat); ok && o.Output.(outcome).effect == messageEffect(chat.Text) {
			sent = append(sent, chat.Text+"\n")
		}
	}
	require.NotEmpty(t, sent)
	first, last := sent[0], sent[len(sent)-1]
	for name, falsify := range map[string]func(string) string{
		"a stale read":                func(all string) string { return all[:strings.Index(all, last)] },
		"a lost acknowledged message": func(all string) string { return strings.Replace(all, first, "", 1) },
		"a message twice":             func(all string) string { return all + first },
		"messages in another order":   func(all string) string { return last + strings.Replace(all, last, "", 1) },
	} {
		falsified := h.operations()
		i := slices.IndexFunc(falsified, func(o porcupine.Operation) bool {
			return o.Input.(operation).read == readMessages && o.ClientId == finalReader
		})
		r := falsified[i].Output.(outcome)
		r.messages = falsify(r.messages)
		falsified[i].Output = r
		result := porcupine.CheckOperationsTimeout(porcupineModel(h.start), falsified, e2e.Timeout)
		require.Equal(t, porcupine.Illegal, result, name)
	}
}
