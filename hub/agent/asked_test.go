package agent

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
)

// What an agent asks waits in memory for people, who may take half an hour.
func TestAsked_is_bounded_in_bytes_for_each_agent_and_for_all(t *testing.T) {
	const long = maxAsked / 2
	var all hub.Budget
	ask := func(s *session, id string, bytes int) bool { return s.admit(id, asked{bytes: bytes}) }
	fresh := func() *session { return &session{permissions: map[string]asked{}, askedAll: &all} }

	one := fresh()
	require.True(t, ask(one, "1", long))
	require.True(t, ask(one, "2", long))
	require.False(t, ask(one, "3", 1), "there is room for so much")
	one.mu.Lock()
	one.settled("1")
	one.settled("never asked")
	one.mu.Unlock()
	require.True(t, ask(one, "3", long), "and again when one is answered")

	var others []*session
	for all.Held()+maxAsked <= maxAskedAll {
		s := fresh()
		require.True(t, ask(s, "1", long))
		require.True(t, ask(s, "2", long))
		others = append(others, s)
	}
	last := fresh()
	require.True(t, ask(last, "1", 2*long), "a single question can always be asked")
	require.False(t, ask(last, "2", 1), "a second one not, while all agents ask so much")
	require.EqualValues(t, maxAskedAll+maxAsked, all.Held())
	last.forgetAsked()
	for _, s := range append(others, one) {
		s.forgetAsked()
		require.Zero(t, s.askedBytes)
	}
	require.Zero(t, all.Held())

	many := fresh()
	for i := range maxPermissions {
		require.True(t, ask(many, fmt.Sprint(i), 1))
	}
	require.False(t, ask(many, "one more", 1))
}
