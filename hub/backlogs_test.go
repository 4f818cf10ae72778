package hub_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestHub_closes_the_slowest_connection_when_too_much_waits_for_all(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklogs: 40_000})
	slow, quick := r.join("ben"), r.join("cem")
	for range 100 {
		r.host.say(&protocol.Chat{Text: strings.Repeat("x", 1000)}, nil)
		event[*protocol.MessageCreated](quick)
	}
	require.Equal(t, protocol.CloseTooSlow, slow.closed())
	quick.whole()

	back := slow.resume(r.cursorOf(slow))
	for len(back.seen) < 99 {
		back.next()
	}
	back.whole()
}
