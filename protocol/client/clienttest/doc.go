// Package clienttest has a server for tests of clients: one shared session in
// memory, on real sockets, whose faults are switches. It speaks the protocol as
// the real one does, but decides next to nothing: whoever asks may. What it
// keeps for its connections is not bounded, since a test ends.
//
// Each connection has two goroutines, which New's cleanup ends and waits for.
package clienttest
