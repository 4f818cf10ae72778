package limit

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGroup_evicts_the_oldest_of_the_network_with_the_most(t *testing.T) {
	g := newGroup(6)
	connection := func(from string) *Connection {
		network, ok := networkOf(from)
		require.True(t, ok)
		return &Connection{network: network}
	}
	one := connection("192.0.2.1:1")
	require.Nil(t, g.add(one))
	var many []*Connection
	for i := range 20 {
		c := connection(fmt.Sprintf("[2001:db8::%d]:1", i)) // one network
		many = append(many, c)
		if evicted := g.add(c); i < 5 {
			require.Nil(t, evicted)
		} else {
			require.Same(t, many[i-5], evicted, "the oldest of that network")
		}
	}
	another := connection("198.51.100.1:1")
	require.Same(t, many[15], g.add(another))
	require.Equal(t, &g, one.group)
	require.Equal(t, &g, another.group)
	for range 3 {
		require.NotNil(t, g.evict())
	}
	require.Same(t, one, g.evict(), "the oldest where each network has one")
	require.Same(t, many[19], g.evict())
	require.Same(t, another, g.evict())
	require.Nil(t, g.evict())
	require.Zero(t, g.count)
	require.Empty(t, g.networks)
}

func TestNetworkOf_returns_what_counts_as_one_address(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.7:1":          "192.0.2.7/32",
		"[::ffff:192.0.2.7]:1": "192.0.2.7/32",
		"[2001:db8::7]:1":      "2001:db8::/64",
		"[fe80::7%eth0]:1":     "fe80::/64",
		"127.0.0.1:1":          "127.0.0.1/32",
		"[::1]:1":              "::1/128",
	} {
		network, ok := networkOf(from)
		require.True(t, ok, from)
		require.Equal(t, netip.MustParsePrefix(want), network, from)
	}
	_, ok := networkOf("@")
	require.False(t, ok)
}
