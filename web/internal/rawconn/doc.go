// Package rawconn has everything in package web that is unsafe, uses sockets past
// package net, or depends on how the WebSocket library reads and writes.
//
// Package web uses two types. [Conn] writes to a connection that was hijacked from
// net/http: at once, as far as the socket takes it, or waiting. [WebSocket] is a Conn
// that also reads messages, by github.com/coder/websocket.
//
// # What order is promised
//
// Writes reach the client whole and in the order of the calls that accepted them.
// [Conn.TryWrite] accepts nothing while another write is in progress or has left a
// rest, so nothing overtakes the rest and nothing stands within a frame. After
// [Conn.WriteLast], and so after a close frame, nothing is written.
//
// # Who may block whom
//
// TryWrite never waits. [Conn.Write], [Conn.WriteLast] and [Conn.Flush] wait for the
// client, each for the time-out at most, and for each other. [WebSocket.Wait] and
// [WebSocket.NextMessage] wait for the client without holding a lock, so that another
// goroutine can close the connection. [WebSocket.CloseHandshake] waits for the client
// for some seconds.
//
// # What each trick gains
//
// Each benchmark in this package takes one trick out and reports the gain; a trick
// that gains less than 5 % is to be removed. The figures are medians on two shared
// cores under Linux.
//
//   - Writing at once: the goroutine that has an event writes it to the sockets of all
//     clients that keep up. Without it, a goroutine of each connection is woken for
//     each event. Gain: 17 to 25 % of the processor time for an event and connection
//     (BenchmarkWriteAtOnce).
//   - Sending past the scheduler: the system call of a write that cannot block does not
//     tell Go's scheduler. Without it, syscall.Write does the same. Gain: 9 to 20 % of
//     the processor time of the call (BenchmarkSendPastTheScheduler). This is the only
//     use of package unsafe.
//   - Input without a buffer: a connection holds a buffer only while it has bytes in it,
//     and the library gets the smallest buffers that it accepts. Without it, the buffers
//     of net/http and of the library stay. Gain: 64 % of the memory of a connection that
//     waits, 5.1 instead of 14.5 KB (BenchmarkInputWithoutBuffer).
//   - Handing over: Wait needs little stack, so a goroutine whose stack has grown can let
//     a new goroutine wait. [WebSocket.NextMessage] returns after control frames, since
//     otherwise each ping would end this state. Without it, the reading goroutine keeps
//     its stack. Gain: 28 % of the memory of a connection that waits, 5.1 instead of
//     7.2 KB (BenchmarkHandOver).
//
// Everything works without these tricks: under TLS, where a connection is not a plain
// socket, and on systems other than Unix. There TryWrite leaves every write to Flush,
// and Wait returns at once, so that NextMessage waits in the library. Systems other
// than Linux send by syscall.Write, and leave it to the system when to give up a peer
// that is gone.
//
// # How to test against it
//
// The tests here run over TCP and over pipes, which have no socket. The tests named
// TestLibrary pin what is assumed of the WebSocket library: run them before an update
// of it is accepted.
package rawconn
