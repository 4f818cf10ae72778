// Package web is Parley's face over HTTP: the original REST and SSE API for
// clients that were written for it, the WebSocket protocol, a long poll and a
// command endpoint for those that cannot hold a connection, the API of host
// sessions, and the web application for people who open a link.
//
// It decodes what comes in, strictly, and hands typed commands to the hub; the
// hub decides everything that depends on a session. What the body alone can
// tell is checked here and first, so a request that is malformed is refused
// whether or not its session exists.
//
// # Promises
//
//   - Lines and events leave in the order in which the subscription yields
//     them, and as the very bytes: nothing is encoded a second time. All that
//     waits for a connection goes out in one write, up to a bound.
//   - Nothing is queued here but the rest of one burst. What is new goes straight
//     to the socket of a connection that keeps up; one that does not pulls from
//     its subscription when it has written what it had. So what a slow client
//     costs is bounded by the hub's backlog, and is nobody else's delay. Every
//     write that waits has a deadline.
//   - An error leaves with its code, as JSON, and never shows what went wrong
//     inside. The log never holds a query, a header or a body, since tokens
//     travel there.
//   - No browser page from elsewhere gets in: Host and Origin are checked before
//     anything else.
//
// # Who may block whom
//
// A request's goroutine blocks on the hub, which it enters with the request's
// context. A socket or a stream outlives its handler, which waits for a socket's
// first command and writes what waits at first. It has one goroutine that reads,
// and blocks while the session's inbox is full, which holds back that client
// alone; and a second while a socket is full, or while something is read from the
// journal for it. The session's fan-out writes to sockets too, and
// never waits for one. The reader ends the connection and waits for the other;
// Shutdown ends every stream and socket and waits for their readers.
//
// # Testing against it
//
// A Server is an http.Handler: put it in an httptest.Server with a real hub. The
// clocks that matter are in Options.
package web
