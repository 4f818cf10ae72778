package hub_test

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/rules"
	"parley/protocol"
)

// notification returns the i-th notification of an agent.
func notification(i int) rules.AgentNotification {
	return rules.AgentNotification{Raw: fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"n":%d}}`, i)}
}

// permissionRequest returns an agent's request for permission.
func permissionRequest(id string) rules.AgentPermission {
	return rules.AgentPermission{
		RequestID: id,
		ToolCall:  []byte(`{"toolCallId":"1"}`),
		Options:   []byte(`[{"optionId":"always","kind":"allow_always"},{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]`),
		Choices:   []rules.AgentOption{{ID: "always", Kind: "allow_always"}, {ID: "yes", Kind: "allow_once"}, {ID: "no", Kind: "reject_once"}},
	}
}

// advance lets the clock of a synctest bubble advance.
func advance(d time.Duration) { <-time.After(d) }

// newJournal returns a journal in memory whose faults a test controls.
func newJournal() *hubtest.FaultyJournal { return hubtest.NewFaultyJournal(memory.New()) }

// sessionID decodes the id of a session.
func sessionID(t testing.TB, id string) journal.SessionID {
	t.Helper()
	decoded, err := journal.ParseSessionID(id)
	require.NoError(t, err)
	return decoded
}

// requireCode checks the code of an error.
func requireCode(t testing.TB, want protocol.Code, err error, message ...any) {
	t.Helper()
	require.ErrorIs(t, err, &protocol.Error{Code: want}, message...)
}

// collect returns all items of a list.
func collect[T any](t testing.TB, list iter.Seq2[T, error]) []T {
	t.Helper()
	items := []T{}
	for item, err := range list {
		require.NoError(t, err)
		items = append(items, item)
	}
	return items
}

// state returns the shared session as the original API shows it.
func (r *room) state() protocol.StateAnswer {
	r.t.Helper()
	s, approvals, err := r.hub.State(r.t.Context(), r.id, nil)
	require.NoError(r.t, err)
	return protocol.StateAnswer{Session: s.Session, Participants: collect(r.t, s.Participants), Approvals: collect(r.t, approvals), Cursor: s.Cursor}
}

// messages returns the messages of the shared session.
func (r *room) messages() []protocol.Message {
	r.t.Helper()
	messages, err := r.hub.Messages(r.t.Context(), r.id, nil)
	require.NoError(r.t, err)
	return collect(r.t, messages)
}

// records returns the events of the shared session as the journal holds them.
func (r *room) records() []journal.Record {
	r.t.Helper()
	return collect(r.t, r.journal.Read(r.t.Context(), sessionID(r.t, r.id), 1))
}

// eventTypes returns the types of all events of the shared session.
func (r *room) eventTypes() (types []string) {
	r.t.Helper()
	for _, rec := range r.records() {
		types = append(types, rec.Type)
	}
	return types
}
