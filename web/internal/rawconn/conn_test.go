package rawconn

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const timeout = time.Minute

// connect returns two ends of a TCP connection on this machine, with small buffers.
func connect(t testing.TB) (server, client *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	dialed, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	accepted, err := l.Accept()
	require.NoError(t, err)
	server, client = accepted.(*net.TCPConn), dialed.(*net.TCPConn)
	require.NoError(t, server.SetWriteBuffer(64<<10))
	require.NoError(t, client.SetReadBuffer(64<<10))
	t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}

func TestConn_TryWrite_leaves_a_rest_for_Flush(t *testing.T) {
	server, client := connect(t)
	flushes := 0
	c := New(server, timeout, func() { flushes++ })
	long := bytes.Repeat([]byte("long "), 200_000)
	require.True(t, c.TryWrite([]byte("first ")))
	require.Zero(t, flushes)
	require.True(t, c.TryWrite(long))
	require.Equal(t, 1, flushes, "the socket does not hold all of it")
	require.False(t, c.TryWrite([]byte("refused ")), "it would stand within the other write")
	received := readAll(client)
	require.NoError(t, c.Flush())
	require.True(t, c.TryWrite([]byte("next ")))
	require.NoError(t, c.WriteLast([]byte("last")))
	require.True(t, c.TryWrite([]byte("dropped")))
	require.ErrorIs(t, c.Write([]byte("dropped")), net.ErrClosed)
	c.Close()
	require.Equal(t, "first "+string(long)+"next last", string(<-received))
}

// Under TLS, and on systems other than Unix, there is no socket to write to without
// waiting.
func TestConn_without_a_socket_leaves_every_write_for_Flush(t *testing.T) {
	server, client := net.Pipe()
	var flushes atomic.Int32
	c := New(server, timeout, func() { flushes.Add(1) })
	received := readAll(client)
	for _, word := range []string{"one ", "two ", "three"} {
		require.True(t, c.TryWrite([]byte(word)))
		require.False(t, c.TryWrite([]byte("refused ")))
		require.NoError(t, c.Flush())
	}
	c.Close()
	require.EqualValues(t, 3, flushes.Load())
	require.Equal(t, "one two three", string(<-received))
}

func TestConn_that_nobody_reads_is_closed_after_the_timeout(t *testing.T) {
	server, client := connect(t)
	c := New(server, 50*time.Millisecond, func() {})
	require.Error(t, c.Write([]byte(strings.Repeat("x", 8<<20))))
	require.ErrorIs(t, c.Write([]byte("more")), net.ErrClosed)
	_, err := io.Copy(io.Discard, client)
	_ = err // the connection is closed or reset
}

func TestConn_TryWrite_does_not_allocate(t *testing.T) {
	server, client := connect(t)
	received := readAll(client)
	c := New(server, timeout, func() {})
	event := []byte("an event")
	require.Zero(t, testing.AllocsPerRun(1000, func() { c.TryWrite(event) }))
	c.Close()
	<-received
}

// readAll reads a connection to its end.
func readAll(c net.Conn) <-chan []byte {
	all := make(chan []byte, 1) // sent to once; nobody need receive
	go func() {
		b, _ := io.ReadAll(c)
		all <- b
	}()
	return all
}
