// Package demo is an agent that needs no model and no network. It speaks the Agent
// Client Protocol, as newline-delimited JSON-RPC on a pair of streams, and plays small
// scenes: streamed text and thoughts, plans, tool calls with diffs and terminal output,
// permission requests, failures. The prompt chooses the scene; the prompt "help" lists
// them.
//
// # Order
//
// The updates of a turn are in the order of the scene, and the answer to a prompt
// follows all of its updates. [Serve] keeps reading while a turn runs, so a cancellation
// takes effect at once.
//
// # Who may block whom
//
// A peer that does not read blocks the turn and, when an answer is due, the reading of
// further requests.
//
// # Testing
//
// Run Serve over [io.Pipe] with Options.Pace zero: nothing then depends on a clock.
package demo
