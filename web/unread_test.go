package web_test

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// The original's lists have no pages. They are read from the journal as fast as
// their client reads them, so one that does not read holds little.
func TestContract_ListsThatNobodyReadsTakeLittleMemory(t *testing.T) {
	const said, size, clients = 30, 32_000, 20
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	text := strings.Repeat("\x02", size-1) + "x" // each is six bytes of JSON
	for range said {
		s.say(s.Host, text)
		s.resolve(s.prompt(gil, text).ID, "reject")
	}
	var messages protocol.MessagesAnswer
	w.call("GET", s.path("/messages"), nil).ok(http.StatusOK, &messages)
	require.Len(t, messages.Messages, 2*said)
	var state protocol.StateAnswer
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Len(t, state.Approvals, said)
	messages, state = protocol.MessagesAnswer{}, protocol.StateAnswer{}

	before := inUse()
	for i := range clients {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
		require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1))
		_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", s.path([]string{"", "/messages"}[i%2]))
		require.NoError(t, err)
		var begun [1]byte
		_, err = conn.Read(begun[:])
		require.NoError(t, err)
	}
	const all = clients * said * size * 6
	require.Less(t, inUse()-before, all/4)
}

// inUse is how much memory is in use.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
