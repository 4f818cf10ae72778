package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal/memory"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// notification is the agent's i-th.
func notification(i int) hub.AgentNotification {
	return hub.AgentNotification{Raw: fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"n":%d}}`, i)}
}

// pass lets time pass, in a bubble of synctest.
func pass(d time.Duration) { <-time.After(d) }

// newJournal is a journal in memory that can be made to fail.
func newJournal() *hubtest.FaultyJournal { return hubtest.NewFaultyJournal(memory.New()) }
