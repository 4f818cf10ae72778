// Package connector runs an agent on this machine and carries its lines to a server; see
// package protocol/connect. It knows nothing of what the lines say.
//
// # What the server can do
//
// The server can start and end the agent whose command this side has chosen, in the
// directory that this side has chosen, write to its input, and write files into one
// directory that was made for that. It can name neither a command nor a path.
//
// # What survives
//
// The agent runs on while the connection is broken; what it writes is kept, and when too
// much is kept, its output is no longer read, so that it waits. The agent ends with the
// connector, even if that is killed; see package supervisor.
//
// # Goroutines
//
// [Connector.Run] owns all goroutines, and returns when they and the agent have ended.
package connector
