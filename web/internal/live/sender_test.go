package live

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/web/internal/rawconn"
	"parley/web/internal/task"
)

// A pong before the join can be the write that fills the socket.
func TestSender_sends_the_rest_of_a_write_before_there_is_a_subscription(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	server, err := l.Accept()
	require.NoError(t, err)
	require.NoError(t, server.(*net.TCPConn).SetWriteBuffer(16<<10))

	var tasks task.Group
	s := &sender{ctx: t.Context(), tasks: &tasks, failed: func(err error) { t.Error(err) }}
	s.conn = rawconn.New(server, time.Minute, s.Wake)
	pong := bytes.Repeat([]byte("pong"), 1<<20)
	require.True(t, s.conn.TryWrite(pong))
	received := make([]byte, len(pong))
	require.NoError(t, client.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = io.ReadFull(client, received)
	require.NoError(t, err)
	require.Equal(t, pong, received)
	tasks.Close()
	tasks.Wait()
	s.conn.Close()
}
