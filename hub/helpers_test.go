package hub_test

import (
	"context"
	"fmt"
	"testing"

	"parley/hub"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// notification is the agent's i-th.
func notification(i int) hub.AgentNotification {
	return hub.AgentNotification{Raw: fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"n":%d}}`, i)}
}
