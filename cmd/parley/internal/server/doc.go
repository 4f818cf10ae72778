// Package server wires a Parley server together: a journal, a launcher of agents, a hub
// and the HTTP interface.
//
// # Order
//
// [Start] listens first, so that it changes nothing on disk if the address is in use.
// Then it opens the journal, starts the hub and serves HTTP. [Server.Stop] goes the
// other way: it asks clients to reconnect later, lets sessions complete their work, ends
// the agents, and closes the journal last.
//
// # Concurrency
//
// A Server owns one goroutine for each listener and one that returns unused memory to
// the system. Stop ends all of them and waits for them.
//
// # Testing
//
// Unit tests cover the key, the limits taken from the system and the profiles' handler.
// Whole servers are tested as processes, with package cmd/internal/e2e.
package server
