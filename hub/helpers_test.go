package hub_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal/memory"
	"parley/hub/rules"
	"parley/protocol"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// notification is the agent's i-th.
func notification(i int) rules.AgentNotification {
	return rules.AgentNotification{Raw: fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"n":%d}}`, i)}
}

// pass lets time pass, in a bubble of synctest.
func pass(d time.Duration) { <-time.After(d) }

// newJournal is a journal in memory that can be made to fail.
func newJournal() *hubtest.FaultyJournal { return hubtest.NewFaultyJournal(memory.New()) }

// all takes everything from a list that is read as it is taken.
func all[T any](t testing.TB, list iter.Seq2[T, error]) []T {
	t.Helper()
	items := []T{}
	for item, err := range list {
		require.NoError(t, err)
		items = append(items, item)
	}
	return items
}

// state is what the original API shows of the room.
func (r *room) state() protocol.StateAnswer {
	r.t.Helper()
	s, approvals, err := r.hub.State(r.t.Context(), r.id, nil)
	require.NoError(r.t, err)
	return protocol.StateAnswer{Session: s.Session, Participants: all(r.t, s.Participants), Approvals: all(r.t, approvals), Cursor: s.Cursor}
}

// messages is what was said in the room.
func (r *room) messages() []protocol.Message {
	r.t.Helper()
	messages, err := r.hub.Messages(r.t.Context(), r.id, nil)
	require.NoError(r.t, err)
	return all(r.t, messages)
}
