package main

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// history is what was asked of one session and answered, with the times of
// both. It is safe for concurrent use.
type history struct {
	session e2e.Session
	people  map[string]e2e.Member // by user; not changed once people act
	from    string                // a cursor from before
	start   room
	begin   time.Time

	mu      sync.Mutex
	ops     []porcupine.Operation
	pending []pendingPrompt // the latest that became known, for hosts to decide on
}

type pendingPrompt struct{ id, text string }

const hostUser = "host"

// newHistory shares a session, lets guests in, and looks at it.
func newHistory(t *testing.T, api e2e.API, guests ...string) *history {
	h := &history{
		session: api.Share(t, api.StartAgent(t, "demo"), protocol.ModePromptWithApproval),
		begin:   time.Now(),
		start:   room{mode: protocol.ModePromptWithApproval, roles: map[string]protocol.Role{hostUser: protocol.RoleHost}},
	}
	h.people = map[string]e2e.Member{hostUser: h.session.Host}
	for _, guest := range guests {
		h.people[guest] = h.session.Join(t, guest)
		h.start.roles[guest] = protocol.RoleCollaborator
	}
	h.from = h.session.Cursor(t)
	h.start.at = numberOf(t, h.from)
	return h
}

// numberOf returns the number of the event that a cursor names.
func numberOf(t *testing.T, cursor string) uint64 {
	t.Helper()
	c, err := protocol.ParseCursor(cursor)
	require.NoError(t, err)
	return c.Seq
}

func (h *history) now() int64 { return int64(time.Since(h.begin)) }

// add notes an act with its reply, which came now.
func (h *history) add(client int, a act, called int64, got reply) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: a, Call: called, Output: got, Return: h.now()})
}

func (h *history) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}

// propose notes a prompt that waits for the host.
func (h *history) propose(p pendingPrompt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = append(h.pending, p)
}

// choose returns one of the latest prompts, decided on or not, so that two
// hosts often mean the same.
func (h *history) choose(chance *rand.Rand) (pendingPrompt, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pending) == 0 {
		return pendingPrompt{}, false
	}
	latest := h.pending[max(0, len(h.pending)-3):]
	return latest[chance.IntN(len(latest))], true
}

func (h *history) guests() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(h.people)), func(user string) bool { return user == hostUser })
}

// whole returns all operations once nobody acts any more. What was lost may
// have been carried out at any later time, and is left out when it never was.
func (h *history) whole() []porcupine.Operation {
	end := h.now()
	var all []porcupine.Operation
	for _, o := range h.ops {
		if o.Output.(reply).lost {
			o.Return = end
			if !slices.ContainsFunc(h.start.ahead, func(did happened) bool { return o.Input.(act).canHave(did.what) }) {
				continue
			}
		}
		all = append(all, o)
	}
	return all
}

// requireLinearisable checks a history and leaves a picture of one that cannot
// be.
func (h *history) requireLinearisable(t *testing.T) {
	t.Helper()
	ops, model := h.whole(), rules(h.start)
	result, info := porcupine.CheckOperationsVerbose(model, ops, e2e.Timeout)
	lost := 0
	for _, o := range ops {
		if o.Output.(reply).lost {
			lost++
		}
	}
	t.Logf("%d operations, %d without an answer: %s", len(ops), lost, result)
	if result == porcupine.Ok {
		return
	}
	picture, err := os.CreateTemp("", "parley-history-*.html") // stays, for somebody to look at
	require.NoError(t, err)
	defer picture.Close()
	require.NoError(t, porcupine.Visualize(model, info, picture))
	t.Fatalf("the history of session %s is not linearisable (%s); see %s", h.session.ID, result, picture.Name())
}
