package hub_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestHub_closes_the_slowest_connection_when_MaxBacklogs_is_exceeded(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklogs: 40_000})
	slow, quick := r.join("ben"), r.join("cem")
	for range 100 {
		r.host.do(&protocol.Chat{Text: strings.Repeat("x", 1000)}, nil)
		event[*protocol.MessageCreated](quick)
	}
	require.Equal(t, protocol.CloseTooSlow, slow.closeCode())
	quick.requireContiguous()

	back := slow.resume(slow.cursor())
	for len(back.seen) < 99 {
		back.next()
	}
	back.requireContiguous()
}
