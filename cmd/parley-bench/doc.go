// Command parley-bench puts load on a Parley server and measures its throughput, latency
// and cost.
//
// This package is the command line: it turns flags into the scenarios of package
// scenario, runs them and prints their results as they arrive. The other packages
// below internal are, from the outside in:
//
//   - scenario: the measurements and their goals
//   - target: servers under load and their rooms; Parley, or the raw server
//   - netio: client ends of connections that cost less than any server
//   - flood: a client that sends what limits refuse
//   - meter: which events have reached which listeners, and the latencies
//   - raw: the comparison server; store: a journal for it, and copies of sessions
//   - streamer: agents that stream text at an even pace
//   - machine: cores, processor time, memory, timers
//   - report: figures, goals, tables, drawings
//
// The server under test is a process of its own: the parley that --parley names, the one
// in the directory of this program, or one that is built from the clone in which this
// program runs. The raw server and the agents that stream are processes of this program,
// which has hidden commands for them.
//
// Errors, exit codes and signals are those of package cli.
package main
