// Package client is the Go client of a shared session, and of the server that it is on. It joins by an invite or
// returns by a participant's own link, stays connected, and delivers what happens as
// typed notices.
//
// # Promises
//
//   - The client delivers events in order, each once, without gaps. After a broken
//     connection it resumes after the last event that it delivered, and drops
//     repetitions. If the server no longer knows that event, a [Welcome] with the
//     outcome gap begins a new sequence.
//   - A command takes effect at most once. If its answer is lost with the connection,
//     the client sends the command again under the same id, which the server remembers.
//   - An answer waits for the notices before it, but not for those after it. A program
//     must therefore receive from [Client.Notices] while commands are in progress.
//
// # Connections
//
// The client tries a WebSocket first. If the handshake fails, it uses an event stream
// and plain requests, which carry everything except presence and typing, and tries the
// WebSocket again later. It replaces a lost connection after a random time that grows
// with each failure, until the server refuses it for good or [Client.Close] is called.
//
// # Outside of a session
//
// A [Server] lists and starts agents, creates, finds and closes sessions, adopts an agent's
// own session and forks one. It needs no connection; each call is a request of its own.
//
// # Concurrency
//
// One goroutine, run, owns the connection and everything that belongs to it. Each
// connection has a second goroutine that writes. Both have ended when [Client.Close]
// returns. When the channel of notices is full, run waits, so the server's queue fills
// up; the server then closes the connection, and the client resumes later. A slow
// reader loses time but no events.
//
// # Testing
//
// Package [parley/protocol/client/clienttest] has a server on real sockets with
// configurable faults.
package client
