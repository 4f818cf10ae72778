// Command parley-bench puts load on a Parley server and measures what the server
// can take and what that costs.
//
// This package is the command line: it turns flags into the scenarios of package
// scenario, runs them and prints their results as they arrive. The other packages
// below internal are, from the outside in:
//
//   - scenario: what is measured, and for how long
//   - target: servers under load and their rooms; Parley, or the raw server
//   - netio: client ends of connections that cost less than any server
//   - meter: which event has reached which listener, and how long that took
//   - raw: the comparison server; store: a journal for it, and copies of sessions
//   - streamer: agents that stream text at an even pace
//   - machine: cores, processor time, memory, timers
//   - report: figures, goals, tables, drawings
//
// The server under test is a process of its own: the parley that --parley names,
// or that lies beside this program, or else the one that is built from the clone
// in which this program runs. Two more kinds of process are this program again,
// by hidden commands: the raw server and the agents that stream.
//
// Errors, exit codes and signals are those of package cli.
package main
