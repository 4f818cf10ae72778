package web_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// A stream whose client no longer acknowledges anything ends soon, even if all that
// was sent fits into the buffers of the system.
func TestStream_of_a_vanished_client_ends(t *testing.T) {
	w := newWorld(t, func(s *setup) {
		s.web = web.Options{WriteTimeout: 100 * time.Millisecond, Heartbeat: 20 * time.Millisecond}
	})
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleViewer)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", s.path("/stream?"+gil.query()))
	require.NoError(t, err)

	present := func() bool {
		c, welcome := s.connect(s.Host)
		defer c.conn.CloseNow()
		for _, id := range welcome.Presence {
			if id == gil.ID {
				return true
			}
		}
		return false
	}
	require.Eventually(t, present, testTimeout, 10*time.Millisecond)
	s.say(s.Host, strings.Repeat("x", 30_000)) // more than the client's buffer holds
	require.Eventually(t, func() bool { return !present() }, testTimeout, 50*time.Millisecond)
}
