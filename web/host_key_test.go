package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestHostSessions_a_creation_with_a_key_can_be_sent_again(t *testing.T) {
	w := newWorld(t)
	create := func(key, title string) reply {
		return w.call("POST", "/api/sessions", object{"agent": "demo", "title": title}, "Idempotency-Key", key)
	}
	var first, again protocol.HostSessionAnswer
	create("k", "mine").ok(http.StatusCreated, &first)
	create("k", "mine").ok(http.StatusCreated, &again)
	first.Session.Facts, again.Session.Facts = protocol.AgentFacts{}, protocol.AgentFacts{} // the agent may have announced more meanwhile
	require.Equal(t, first, again)
	create("k", "another").fails(protocol.CodeInvalidRequest)
	create(strings.Repeat("k", protocol.MaxCommandIDLength+1), "mine").fails(protocol.CodeInvalidRequest)
	var other protocol.HostSessionAnswer
	create("another", "mine").ok(http.StatusCreated, &other)
	require.NotEqual(t, first.Session.ID, other.Session.ID)
}
