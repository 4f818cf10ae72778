package web

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestParticipantLimits_AreBounded(t *testing.T) {
	limits := newParticipantLimits(20, 60)
	busy := hub.Credentials{ParticipantID: "busy", Token: "t"}
	for range 60 {
		require.NoError(t, limits.take(busy))
	}
	for i := range 2 * maxSenders {
		require.NoError(t, limits.take(hub.Credentials{ParticipantID: strconv.Itoa(i), Token: "guess"}))
	}
	require.LessOrEqual(t, len(limits.senders.known), maxSenders)
}

func TestAddressLimits_AreBounded(t *testing.T) {
	limits := newAddressLimits(10, 50)
	for i := range 2 * maxSenders {
		require.NoError(t, limits.join(fmt.Sprintf("10.0.%d.%d:1", i/256, i%256)))
	}
	require.LessOrEqual(t, len(limits.senders.known), maxSenders)
}

func TestAddressLimits_know_who_is_one_and_who_is_here(t *testing.T) {
	for name, tc := range map[string]struct {
		from   func(i int) string
		joined int
	}{
		"one address":            {func(i int) string { return fmt.Sprintf("192.0.2.7:%d", i+1) }, 10},
		"one IPv6 network":       {func(i int) string { return fmt.Sprintf("[2001:db8::%d]:1", i) }, 10},
		"as many networks":       {func(i int) string { return fmt.Sprintf("[2001:db8:0:%d::1]:1", i) }, 30},
		"as many addresses":      {func(i int) string { return fmt.Sprintf("192.0.2.%d:1", i) }, 30},
		"one address as IPv6":    {func(int) string { return "[::ffff:192.0.2.7]:1" }, 10},
		"as many as IPv6":        {func(i int) string { return fmt.Sprintf("[::ffff:192.0.2.%d]:1", i) }, 30},
		"this machine":           {func(int) string { return "127.0.0.1:1" }, 30},
		"this machine over IPv6": {func(int) string { return "[::1]:1" }, 30},
		"a socket of Unix":       {func(int) string { return "@" }, 30},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where no time passes
				limits, joined := newAddressLimits(10, 50), 0
				for i := range 30 {
					if limits.join(tc.from(i)) == nil {
						joined++
					}
				}
				require.Equal(t, tc.joined, joined)
			})
		})
	}
}

func (a *addressLimits) join(from string) error {
	return a.attempt(context.Background(), from, new(protocol.Join), func() error { return nil })
}
