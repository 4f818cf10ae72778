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

// history is the operations on one session and their outcomes, with the times of both. It
// is safe for concurrent use.
type history struct {
	session e2e.Session
	people  map[string]e2e.Member // by user; immutable once clients run
	from    string                // the cursor before the first operation
	start   modelState
	begin   time.Time

	mu      sync.Mutex
	ops     []porcupine.Operation // guarded by mu
	pending []pendingPrompt       // guarded by mu: those that hosts can decide on, oldest first
}

type pendingPrompt struct{ id, text string }

const hostUser = "host"

// newHistory shares a session, which guests join, and records its state.
func newHistory(t *testing.T, api e2e.API, guests ...string) *history {
	h := &history{
		session: api.Share(t, api.StartAgent(t, "demo"), protocol.ModePromptWithApproval),
		begin:   time.Now(),
		start:   modelState{mode: protocol.ModePromptWithApproval, roles: map[string]protocol.Role{hostUser: protocol.RoleHost}},
	}
	h.people = map[string]e2e.Member{hostUser: h.session.Host}
	for _, guest := range guests {
		h.people[guest] = h.session.Join(t, guest)
		h.start.roles[guest] = protocol.RoleCollaborator
	}
	h.from = h.session.Cursor(t)
	h.start.at = sequenceOf(t, h.from)
	return h
}

// sequenceOf returns the number of the event at a cursor.
func sequenceOf(t *testing.T, cursor string) uint64 {
	t.Helper()
	c, err := protocol.ParseCursor(cursor)
	require.NoError(t, err)
	return c.Seq
}

func (h *history) now() int64 { return int64(time.Since(h.begin)) }

// record records an operation with its outcome, which is known now.
func (h *history) record(client int, a operation, called int64, got outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: a, Call: called, Output: got, Return: h.now()})
}

func (h *history) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}

// addProposal records a prompt that waits for the host.
func (h *history) addProposal(p pendingPrompt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = append(h.pending, p)
}

// chooseProposal returns one of the latest prompts, decided on or not, so that two hosts
// often decide on the same one.
func (h *history) chooseProposal(chance *rand.Rand) (pendingPrompt, bool) {
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

// operations returns all operations once no client runs anymore. A command without an
// answer may have been carried out at any later time; it is left out if it never was.
func (h *history) operations() []porcupine.Operation {
	end := h.now()
	var all []porcupine.Operation
	for _, o := range h.ops {
		if o.Output.(outcome).lost {
			o.Return = end
			if !slices.ContainsFunc(h.start.expected, func(e effect) bool { return o.Input.(operation).canCause(e.name) }) {
				continue
			}
		}
		all = append(all, o)
	}
	return all
}

// requireLinearisable checks a history. It saves a picture of one that is not linearisable.
func (h *history) requireLinearisable(t *testing.T) {
	t.Helper()
	ops, model := h.operations(), porcupineModel(h.start)
	result, info := porcupine.CheckOperationsVerbose(model, ops, e2e.Timeout)
	lost := 0
	for _, o := range ops {
		if o.Output.(outcome).lost {
			lost++
		}
	}
	t.Logf("%d operations, %d without an answer: %s", len(ops), lost, result)
	if result == porcupine.Ok {
		return
	}
	picture, err := os.CreateTemp("", "parley-history-*.html") // not removed, for inspection
	require.NoError(t, err)
	defer picture.Close()
	require.NoError(t, porcupine.Visualize(model, info, picture))
	t.Fatalf("the history of session %s is not linearisable (%s); see %s", h.session.ID, result, picture.Name())
}
