// Package web serves Parley over HTTP: the original REST and SSE API, the WebSocket
// protocol, a long poll and a command endpoint for clients that cannot keep a
// connection, the API of host sessions, and the web application.
//
// A [Server] decodes requests strictly and passes typed commands to a [hub.Hub],
// which decides everything that depends on a session. The server first checks what
// the request alone shows, so that a malformed request is refused whether or not its
// session exists.
//
// This package has the endpoints and what they share. Below internal, package live has
// the WebSockets and event streams, rawconn raw sockets and WebSocket frames, limit the
// limits and the table of connections, access who may call an endpoint, guard the checks
// against pages of other sites, page the web application, and task the groups that own goroutines.
//
// # What order is promised
//
// Lines and events leave in the order in which the subscription yields them, and as
// the same bytes: nothing is encoded twice. What waits for a connection is sent in
// one write, up to a bound.
//
// A connection queues nothing but the rest of one write. A burst is written at once
// to the socket of a client that keeps up. For any other client, the connection takes
// from its subscription when it has written the previous lines. So the hub's backlog
// bounds what a slow client costs, and a slow client delays no other. Every write that
// waits has a time-out.
//
// Errors are answered with their code, as JSON, and without internal details. The log
// contains no query, header or body, since these contain tokens. Host and Origin are
// checked before anything else.
//
// # Who may block whom
//
// The goroutine of a request blocks on the hub, with the request's context. WebSockets
// and streams outlive their requests; package live says which goroutines they have.
// [Server.Shutdown] ends them and waits for them.
//
// # How to test against it
//
// A Server is an [http.Handler]: put it in an httptest.Server with a real hub.
// [Options] has the time-outs that matter, and under testing/synctest they follow the
// bubble's clock.
package web
