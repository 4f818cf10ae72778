package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// Messages are received in whatever pieces the network delivers them, with control
// frames before, between and within them.
func TestSocket_Pieces(t *testing.T) {
	const whole, continued = 0x80, 0 // the highest bit of a frame that ends its message
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	ping := clientFrame(whole|websocket.PingMessage, "are you there")
	pong := clientFrame(whole|websocket.PongMessage, "")
	command := func(id string, length int) string {
		return commandLine(id, "ping", nil) + strings.Repeat(" ", length)
	}
	split := command("3", 100)
	sent := slices.Concat(
		pong, ping,
		clientFrame(whole|websocket.TextMessage, command("1", 0)),
		clientFrame(whole|websocket.TextMessage, command("2", 5000)),
		clientFrame(websocket.TextMessage, split[:20]), ping, clientFrame(continued, ""), pong, clientFrame(whole+continued, split[20:]),
		clientFrame(whole|websocket.TextMessage, command("4", 0)),
		ping,
	)
	for _, piece := range []int{1, 7, 1000, len(sent)} {
		t.Run(fmt.Sprintf("of %d bytes", piece), func(t *testing.T) {
			c := s.connectOther(t, s.Host)
			for part := range slices.Chunk(sent, piece) {
				_, err := c.conn.NetConn().Write(part)
				require.NoError(t, err)
			}
			c.send(command("5", 0))
			var answered []string
			for len(answered) < 5 {
				if pong, ok := c.next().(*protocol.PongMessage); ok { // not presence
					answered = append(answered, pong.ID)
				}
			}
			require.Equal(t, []string{"1", "2", "3", "4", "5"}, answered)
		})
	}
	t.Run("that end with a close frame", func(t *testing.T) {
		c := s.connectOther(t, s.Host)
		_, err := c.conn.NetConn().Write(slices.Concat(sent, clientFrame(whole|websocket.CloseMessage, "\x03\xe8")))
		require.NoError(t, err)
		for err == nil {
			_, err = c.tryNext()
		}
		require.True(t, websocket.IsCloseError(err, websocket.CloseNormalClosure), "%v", err)
	})
}

// clientFrame returns a frame whose mask changes nothing. The payload must be shorter
// than 64 KiB.
func clientFrame(first byte, payload string) []byte {
	const masked = 0x80
	b := []byte{first, masked | byte(len(payload))}
	if n := len(payload); n > 125 {
		b = []byte{first, masked | 126, byte(n >> 8), byte(n)}
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}
