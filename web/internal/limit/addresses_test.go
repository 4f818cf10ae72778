package limit

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestAddresses_is_bounded(t *testing.T) {
	addresses := NewAddresses(10, 50)
	for i := range 2 * maxEntries {
		require.NoError(t, join(addresses, fmt.Sprintf("10.0.%d.%d:1", i/256, i%256)))
	}
	require.LessOrEqual(t, len(addresses.entries.entries), maxEntries)
}

func TestAddresses_limits_each_remote_address(t *testing.T) {
	for name, tc := range map[string]struct {
		from   func(i int) string
		joined int
	}{
		"one address":                  {func(i int) string { return fmt.Sprintf("192.0.2.7:%d", i+1) }, 10},
		"one IPv6 network":             {func(i int) string { return fmt.Sprintf("[2001:db8::%d]:1", i) }, 10},
		"thirty IPv6 networks":         {func(i int) string { return fmt.Sprintf("[2001:db8:0:%d::1]:1", i) }, 30},
		"thirty addresses":             {func(i int) string { return fmt.Sprintf("192.0.2.%d:1", i) }, 30},
		"one address mapped to IPv6":   {func(int) string { return "[::ffff:192.0.2.7]:1" }, 10},
		"thirty that are mapped to it": {func(i int) string { return fmt.Sprintf("[::ffff:192.0.2.%d]:1", i) }, 30},
		"this machine over IPv4":       {func(int) string { return "127.0.0.1:1" }, 30},
		"this machine over IPv6":       {func(int) string { return "[::1]:1" }, 30},
		"a peer without an IP address": {func(int) string { return "@" }, 30},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // whose clock stands still
				addresses, joined := NewAddresses(10, 50), 0
				for i := range 30 {
					if join(addresses, tc.from(i)) == nil {
						joined++
					}
				}
				require.Equal(t, tc.joined, joined)
			})
		})
	}
}

func join(a *Addresses, from string) error {
	return a.Join(context.Background(), from, func() error { return nil })
}
