package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReturner(t *testing.T) {
	const mb = 1 << 20
	r := returner{settled: true}
	collections, allocated := uint64(0), uint64(0)
	isTime := func(collected, newlyAllocated, live uint64) bool {
		collections, allocated = collections+collected, allocated+newlyAllocated
		return r.isTime(heapUse{collections, allocated, live})
	}
	require.True(t, isTime(0, 60*mb, 34*mb), "there is much garbage, and some is still in use")
	require.False(t, isTime(0, 10*mb, 64*mb), "the server is in use")
	require.False(t, isTime(3, 200*mb, 64*mb), "collections run by themselves")
	require.True(t, isTime(0, 40*mb, 64*mb), "much has been allocated since")
	require.True(t, isTime(0, mb/10, 64*mb), "what was in use then is garbage now")
	for range 10 {
		require.False(t, isTime(0, mb/10, 34*mb), "an idle server has nothing more to return")
	}
}
