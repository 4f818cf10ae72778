package shared

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

func TestRecentCommands(t *testing.T) {
	d := newRecentCommands(nil)
	const times = 2 * maxRecentCommands
	for n := range times {
		d.add("ada", completedCommand{ID: strconv.Itoa(n), Seq: journal.Seq(n)})
	}
	d.add("ben", completedCommand{ID: "0", Seq: times})

	encoded, err := json.Marshal(d)
	require.NoError(t, err)
	var again recentCommands
	require.NoError(t, json.Unmarshal(encoded, &again))
	for name, d := range map[string]*recentCommands{"as added": &d, "after a snapshot": &again} {
		t.Run(name, func(t *testing.T) {
			for n := range times {
				done, ok := d.find("ada", strconv.Itoa(n))
				require.Equal(t, n >= times-maxRecentCommands, ok, "command %d of %d", n, times)
				if ok {
					require.Equal(t, journal.Seq(n), done.Seq)
				}
			}
			require.Len(t, d.known, maxRecentCommands+1, "a dropped command takes no memory")
			_, ok := d.find("eve", "0")
			require.False(t, ok)
		})
	}
	d.forget(func(by string) bool { return by == "ada" })
	_, ok := d.find("ada", strconv.Itoa(times-1))
	require.False(t, ok)
	done, ok := d.find("ben", "0")
	require.True(t, ok)
	require.Equal(t, journal.Seq(times), done.Seq)
	require.Len(t, d.known, 1)
}
