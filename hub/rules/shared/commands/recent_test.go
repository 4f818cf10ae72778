package commands

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

func TestRecent(t *testing.T) {
	d := NewRecent(nil)
	const times = 2 * MaxRecent
	for n := range times {
		d.Add("ada", Done{ID: strconv.Itoa(n), Seq: journal.Seq(n)})
	}
	d.Add("ben", Done{ID: "0", Seq: times})

	encoded, err := json.Marshal(d)
	require.NoError(t, err)
	var again Recent
	require.NoError(t, json.Unmarshal(encoded, &again))
	for name, d := range map[string]*Recent{"as added": &d, "after a snapshot": &again} {
		t.Run(name, func(t *testing.T) {
			for n := range times {
				done, ok := d.Find("ada", strconv.Itoa(n))
				require.Equal(t, n >= times-MaxRecent, ok, "command %d of %d", n, times)
				if ok {
					require.Equal(t, journal.Seq(n), done.Seq)
				}
			}
			require.Len(t, d.known, MaxRecent+1, "a dropped command takes no memory")
			_, ok := d.Find("eve", "0")
			require.False(t, ok)
		})
	}
	d.Forget(func(by string) bool { return by == "ada" })
	_, ok := d.Find("ada", strconv.Itoa(times-1))
	require.False(t, ok)
	done, ok := d.Find("ben", "0")
	require.True(t, ok)
	require.Equal(t, journal.Seq(times), done.Seq)
	require.Len(t, d.known, 1)
}
