// Package remote runs agents on other machines, where connectors carry their lines; see
// package protocol/connect. A [Registry] has the connectors by their host sessions, and
// opens an agent's process on one as a [peer.Peer], so that package agent speaks the Agent
// Client Protocol with it as with a child process. A [Server] admits connectors, creates
// their host sessions, and reports to the hub whether they have a connection.
//
// # What survives
//
// A process of the agent, its lines in both directions and everything that waits for it
// survive any break of the connection, and the end of the server's process once the agent is
// ready. An agent that was still starting is started again.
//
// # How an agent outlives the server
//
// The connector keeps each of its frames until the server acknowledges it. The server does
// that when the host session, and every shared session that was open, have committed what
// follows from the frame. Every event that follows from a frame holds the frame's number
// ([rules.Origin]); each session keeps the newest that it has, and drops what is sent again.
// What the host session commits waits until the shared sessions have committed what precedes
// it, so its newest event tells from which frame on the agent's messages are handled again.
//
// In the other direction, the decision to send something to the agent is stored with all
// that is needed to write it (package calls of the host session's rules). Then the line is
// put among the frames of the server and held there, its number and JSON-RPC id are stored,
// and only then the connector gets it. A connector that returns to a new process of the
// server says up to which frame it has received; numbers continue after that, and what it
// has not received is written again. A frame that the connector has once received is never
// sent again.
//
// A new process of the server loads the host session, which describes its agent in a
// [rules.RestoreSpec]: what the agent has said of itself, requests of either side that wait
// for an answer, and the newest event. [Registry.Restore] makes a process of the agent that
// waits for its connector, and package agent continues the session on it: nothing is
// initialized again, and the running turn goes on.
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
