// Package remote runs agents on other machines, where connectors carry their lines; see
// package protocol/connect. A [Registry] has the connectors by their host sessions, and
// opens an agent's process on one as a [peer.Peer], so that package agent speaks the Agent
// Client Protocol with it as with a child process. A [Server] admits connectors, creates
// their host sessions, and reports to the hub whether they have a connection.
//
// # What survives
//
// A process of the agent, its lines in both directions and everything that waits for it
// survive any break of the connection. They do not survive the server's process: a
// connector that returns to a server that does not know it ends its agent, and the next
// prompt starts it again.
//
// # Who may block whom
//
// One goroutine for each connector hands out its frames; it waits for the agent's session,
// and while it does, frames of the connector wait in bounded memory here and there. Writes
// to an agent wait while too much is not acknowledged.
//
// # Testing
//
// Tests connect real WebSockets.
package remote
