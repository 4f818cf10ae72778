package hub_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

func TestSubscription_many_large_answers_are_not_held_at_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		for range 20 {
			r.host.say(&protocol.Chat{Text: strings.Repeat("x", 30000)}, nil)
		}
		ben := r.join("ben")
		const asked = 20
		ids := make([]string, asked)
		for i := range ids {
			ids[i] = ben.send(&protocol.History{Limit: 100})
		}
		synctest.Wait() // all wait for the client now

		most := 0
		for _, id := range ids {
			for answered := false; !answered; {
				if len(ben.lines) == 0 {
					lines, err := ben.sub.Next(t.Context())
					require.NoError(t, err)
					ben.lines, most = lines, max(most, len(allBytes(lines)))
				}
				ok, is := ben.next().(*protocol.OKMessage)
				answered = is && ok.ID == id // and in the order of asking
			}
		}
		const oneAnswer = 20 * 32000
		require.Less(t, most, 2*oneAnswer, "bytes made in one go")
	})
}

func allBytes(lines []feed.Line) []byte {
	var all []byte
	for _, l := range lines {
		all = append(all, l.Bytes...)
	}
	return all
}
