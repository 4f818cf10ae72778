package web

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConnGroup_the_address_with_the_most_makes_room(t *testing.T) {
	g := newConnGroup(6)
	conn := func(from string) *clientConn {
		network, ok := networkOf(from)
		require.True(t, ok)
		return &clientConn{network: network}
	}
	one := conn("192.0.2.1:1")
	require.Nil(t, g.put(one))
	var many []*clientConn
	for i := range 20 {
		c := conn(fmt.Sprintf("[2001:db8::%d]:1", i)) // one network
		many = append(many, c)
		if evicted := g.put(c); i < 5 {
			require.Nil(t, evicted)
		} else {
			require.Same(t, many[i-5], evicted, "the oldest of those")
		}
	}
	another := conn("198.51.100.1:1")
	require.Same(t, many[15], g.put(another))
	require.Equal(t, &g, one.group)
	require.Equal(t, &g, another.group)
	for range 3 {
		require.NotNil(t, g.evict())
	}
	require.Same(t, one, g.evict(), "of as many each, the oldest")
	require.Same(t, many[19], g.evict())
	require.Same(t, another, g.evict())
	require.Nil(t, g.evict())
	require.Zero(t, g.count)
	require.Empty(t, g.from)
}

func TestNetworkOf_knows_what_counts_as_one_address(t *testing.T) {
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
