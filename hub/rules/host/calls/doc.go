// Package calls remembers what a host session sends to an agent on another machine, so that
// a server that is restarted continues with the same agent.
//
// A line for such an agent is stored twice. The decision to send it stores its cause, with
// what is needed to write it; before the connector gets it, its number among the frames of
// the server and its JSON-RPC id are stored. A connector that returns to a restarted server
// says up to which frame it has received: what it lacks is sent as a new frame, and nothing
// is sent twice.
package calls
