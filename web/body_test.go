package web_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestBodies_that_do_not_arrive_delay_no_other_request(t *testing.T) {
	const handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	for name, tt := range map[string]struct{ method, path, headers string }{
		"where one is read":        {"POST", "/messages", "Content-Type: application/json\r\n"},
		"of a command":             {"POST", "/commands", "Content-Type: application/json\r\n"},
		"where none is looked for": {"GET", "", ""},
		"of a refused request":     {"POST", "/messages", "Origin: https://evil.example\r\n"},
		"where there is nothing":   {"POST", "/nothing", ""},
		"of a handshake":           {"GET", "/ws", handshake},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t)
				s := w.share(protocol.ModeCommentOnly)
				conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
				require.NoError(t, err)
				begin := time.Now()
				_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n%s\r\n", tt.method, s.path(tt.path), tt.headers)
				require.NoError(t, err)
				_, _ = io.Copy(io.Discard, conn)
				require.Less(t, time.Since(begin), time.Minute)
				w.stop()
			})
		})
	}
}
