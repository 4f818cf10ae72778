package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestBacklogs_of_all_together_are_bounded_and_the_slowest_is_ended(t *testing.T) {
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

func TestBacklogs_of_a_connection_that_has_gone_count_no_more(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklogs: 40_000})
	quick := r.join("cem")
	for i := range 20 {
		gone := r.join(fmt.Sprint("guest ", i))
		for range 10 {
			r.host.say(&protocol.Chat{Text: strings.Repeat("x", 1000)}, nil)
			event[*protocol.MessageCreated](quick)
		}
		gone.sub.Close()
		require.Less(t, r.hub.Waiting(), 40_000)
	}
	quick.whole()
}
