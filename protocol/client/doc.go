// Package client is the Go client of a shared session: it joins by an invite or
// comes back by a participant's own link, stays connected, and hands out what
// happens as typed notices.
//
// # Promises
//
//   - Events come in order, each once, without a hole: after a broken
//     connection the client resumes from the last event that it handed out and
//     drops what it has had. Where the server does not know that event any
//     more, a Welcome that says gap tells that the story begins anew.
//   - A command is carried out at most once. One whose answer was lost with its
//     connection is sent again under its id, which the server remembers.
//   - Answers do not wait for notices that came after them, but they do wait
//     for those that came before: somebody has to take notices while commands
//     are under way.
//
// # Connections
//
// A WebSocket is tried first. Where its handshake cannot be had, the event
// stream and plain requests do the same work, but for presence and typing,
// and the WebSocket is tried again from time to time. Lost connections are
// made again after a time that grows and is drawn by lot, until the server
// says that there is no use, or Close is called.
//
// # Who may block whom
//
// One goroutine, run, owns the connection and all that belongs to it; each
// connection has a second one that writes. Both end before Close returns. When
// the notices' channel is full run waits, so the server's queue fills up; it
// then closes the connection and the client resumes later: a slow reader
// loses time, never an event.
//
// # Testing against it
//
// Package clienttest has a server on real sockets whose faults are switches.
package client
