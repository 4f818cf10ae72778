package toolcall

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCalls_forgets_the_oldest_calls_beyond_its_bounds(t *testing.T) {
	c := NewCalls()
	for n := range maxCalls + 5 {
		c.Put(Call{ID: strings.Repeat("i", n+1)})
	}
	require.Len(t, c.byID, maxCalls)
	require.Len(t, c.order, maxCalls)
	c.Put(Call{ID: "big", RawInput: []byte(strings.Repeat("x", maxBytes))})
	c.Put(Call{ID: "bigger", RawInput: []byte(strings.Repeat("x", maxBytes+1))})
	require.Equal(t, []string{"bigger"}, c.order)
	require.Equal(t, maxBytes+1, c.bytes)
}
