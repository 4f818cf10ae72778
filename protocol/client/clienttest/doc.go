// Package clienttest is a server for tests of clients: one shared session in memory, on
// real sockets, with configurable faults. It speaks the protocol like the real server,
// but decides almost nothing: every participant may do everything. Its queues are not
// bounded, since a test is short.
//
// Each connection has two goroutines. The cleanup of [New] ends them and waits for them.
package clienttest
