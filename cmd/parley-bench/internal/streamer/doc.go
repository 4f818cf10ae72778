// Package streamer has agents that stream text at an even pace. The server under
// test starts each of them as a process, which calls [Serve]: it passes its standard
// input and output to the bench over a Unix socket. There a [Pool] streams for all
// agents, since hundreds of processes with a timer each would cost more than the
// server.
package streamer
