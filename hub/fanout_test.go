package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

// A connection can break while its commands are under way: they are carried
// out, and answered to nobody.
func TestHub_answers_commands_of_connections_that_have_gone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.sub.Close()
		synctest.Wait()
		release := j.Hold()
		ben.send(&protocol.Chat{Text: "first"})
		ben.send(&protocol.Chat{Text: "second"})
		synctest.Wait()
		release() // and what is answered comes in one go
		synctest.Wait()
		ben.send(&protocol.Chat{Text: "third"})
		var said []string
		for len(said) < 3 {
			if e, ok := r.host.next().(*protocol.Event); ok && e.Type == protocol.EventMessageCreated {
				said = append(said, e.Payload.(*protocol.MessageCreated).Message.Text)
			}
		}
		require.Equal(t, []string{"first", "second", "third"}, said)
	})
}
