package people

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/protocol"
)

func TestParticipants_agree_with_a_search_of_all(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, at := NewParticipants(nil), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		joined := 0
		var shown, before []byte // a list that a caller holds, and a copy
		t.Repeat(map[string]func(*rapid.T){
			"join": func(t *rapid.T) {
				joined++
				p.Put(protocol.Participant{ID: fmt.Sprint(joined), UserID: rapid.StringMatching("[a-d]").Draw(t, "user")})
			},
			"change": func(t *rapid.T) {
				if len(p.all) == 0 {
					t.Skip("no participant has joined")
				}
				who := rapid.SampledFrom(p.all).Draw(t, "who")
				who.LeftAt = rapid.SampledFrom([]*time.Time{nil, &at}).Draw(t, "left")
				who.Role = rapid.SampledFrom([]protocol.Role{protocol.RoleViewer, protocol.RoleCollaborator}).Draw(t, "role")
				p.Put(who)
			},
			"drop": func(t *rapid.T) {
				if len(p.all) > 0 {
					p.Drop(rapid.SampledFrom(p.all).Draw(t, "who").ID)
				}
			},
			"all leave": func(*rapid.T) { p.LeaveAll(at) },
			"sleep": func(t *rapid.T) {
				snapshot, err := json.Marshal(p)
				require.NoError(t, err)
				p = Participants{}
				require.NoError(t, json.Unmarshal(snapshot, &p))
			},
			"": func(t *rapid.T) {
				require.Equal(t, string(before), string(shown), "a list that a caller holds does not change")
				checkPeople(t, &p)
				checkShown(t, &p)
				shown, _ = p.EncodeFirst(rapid.IntRange(0, 500).Draw(t, "bytes"))
				before = slices.Clone(shown)
			},
		})
	})
}

func checkPeople(t *rapid.T, p *Participants) {
	fresh := NewParticipants(p.all)
	p.IsTaken("")
	fresh.IsTaken("")
	require.Equal(t, fresh.names, p.names, "the reserved names")
	here := map[string]protocol.Participant{}
	present := 0
	for _, want := range p.all {
		got, known := p.Get(want.ID)
		require.True(t, known)
		require.Equal(t, want, got)
		if want.LeftAt == nil {
			here[want.UserID] = want // the newest participant of the user
			present++
		}
	}
	require.Len(t, p.indices, len(p.all))
	require.Equal(t, present, p.present)
	for _, user := range []string{"a", "b", "c", "d"} {
		got, is := p.PresentBy(user)
		want, should := here[user]
		require.Equal(t, should, is)
		require.Equal(t, want, got)
	}
}

// checkShown checks the lists of the first participants that fit into a number of bytes.
func checkShown(t *rapid.T, p *Participants) {
	for _, most := range []int{0, rapid.IntRange(0, 2000).Draw(t, "most"), 1 << 20} {
		encoded, n := p.EncodeFirst(most)
		var shown []json.RawMessage
		require.NoError(t, json.Unmarshal(slices.Concat([]byte("["), encoded, []byte("]")), &shown))
		require.Len(t, shown, n)
		for i := range shown {
			require.JSONEq(t, string(rules.RawJSON(p.all[i])), string(shown[i]))
		}
		require.True(t, n == min(1, len(p.all)) || len(encoded) <= most, "at most that many bytes, unless the first has more")
		if n < len(p.all) {
			require.Greater(t, len(encoded)+1+len(rules.RawJSON(p.all[n])), most, "as many as fit")
		}
	}
	require.Equal(t, append([]protocol.Participant{}, p.all...), append([]protocol.Participant{}, p.List()...))
}
