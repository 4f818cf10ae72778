package feed

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/protocol"
)

// A client that knows the list as of any change, and receives every message from
// then on, knows it as of the last change. A client that has missed one sees that.
func TestPresence_messages_add_up_to_the_list(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPresence()
		people := make([]protocol.Participant, 6)
		for i := range people {
			people[i].ID = fmt.Sprint("p", i)
		}
		type client struct {
			knows  *protocol.PresenceAnswer
			missed bool // since the list was asked for
		}
		var clients []*client
		sorted := func(a *protocol.PresenceAnswer) []string { return slices.Sorted(slices.Values(a.Participants)) }
		t.Repeat(map[string]func(*rapid.T){
			"appears or disappears": func(t *rapid.T) {
				p.set(rapid.SampledFrom(people).Draw(t, "who").ID, rapid.Bool().Draw(t, "here"))
			},
			"connects": func(*rapid.T) { clients = append(clients, &client{knows: p.list(people)}) },
			"receives a message": func(t *rapid.T) {
				m := p.changes()
				for _, c := range clients {
					if m.To > m.From && rapid.IntRange(0, 3).Draw(t, "dropped") == 0 {
						c.missed = c.missed || m.To > c.knows.At
						continue
					}
					ok := c.knows.Apply(m)
					if c.missed && m.To > m.From {
						require.False(t, ok, "the client sees the gap")
					}
					if !ok {
						*c = client{knows: p.list(people)}
					}
					if !c.missed {
						require.Equal(t, p.at, c.knows.At)
						require.Equal(t, sorted(p.list(people)), sorted(c.knows))
					}
				}
			},
			"meets another owner": func(t *rapid.T) {
				p = newPresence()
				for _, c := range clients {
					require.False(t, c.knows.Apply(p.changes()))
					*c = client{knows: p.list(people)}
				}
			},
		})
	})
}
