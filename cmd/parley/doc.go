// Command parley shares one AI coding agent between several people: a server,
// a demo of it, a chat client for the terminal, and what an operator needs.
//
// This package wires the others together, and alone knows more than one
// technology: settings come in, a journal, a launcher of agents, a hub and its
// face over HTTP are made of them, and a signal ends all of it.
//
// # Order
//
// A server starts from the inside out, journal, hub, HTTP, and takes its
// address first, so that nothing is touched when that is taken. It ends from
// the outside in: connections are told to come back, sessions finish what they
// have begun, agents end, and the journal is closed last.
//
// # Exit codes
//
// 0 when it went well, 1 when it did not, 2 when it was called wrongly. An error
// is one line on standard error that says what to do; results are on standard
// output, logs on standard error.
//
// # Testing
//
// The scripts in testdata run the program with all its arguments and settings.
// What needs several processes, signals or a real agent runs against the test
// binary, which TestMain puts into PATH as parley; package cmd/internal/e2e has the
// processes, people and listeners for that.
package main
