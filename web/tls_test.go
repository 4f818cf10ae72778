package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// Under TLS the server cannot write to sockets itself, so everything takes the
// portable way.
func TestServer_serves_WebSockets_and_streams_over_TLS(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.tls = true })
	require.True(t, strings.HasPrefix(w.url, "https://"))
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleCollaborator)
	es := s.stream(gil, "")
	c, _ := s.connect(s.Host)
	for i := range 20 {
		c.send(commandLine(fmt.Sprint(i), "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: fmt.Sprint(i)}, c.answer())
		s.say(gil, strings.Repeat("long ", 5000))
		require.Equal(t, protocol.EventMessageCreated, c.event().Type)
		es.until(protocol.EventMessageCreated)
	}
	s.close()
	c.closed(protocol.CloseSessionEnded)
}
