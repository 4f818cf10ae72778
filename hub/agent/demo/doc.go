// Package demo is an agent that needs no model and no network. It speaks the Agent
// Client Protocol, as newline-delimited JSON-RPC on a pair of streams, and plays small
// scenes: streamed text and thoughts, plans, tool calls with diffs and terminal output,
// permission requests, failures. The prompt chooses the scene; the prompt "help" lists
// them.
//
// # Versions of the protocol
//
// Scenes and stored conversations use the words of version 1. The dialect of the
// connection says them in version 2 if [Options].Version and the client allow it, which
// also has scenes of its own: work that outlives a turn, and a turn without a prompt.
//
// # Order
//
// The updates of a turn are in the order of the scene, and the answer to a prompt
// follows all of its updates. [Serve] keeps reading while a turn runs, so a cancellation
// takes effect at once. A session has one turn at a time: a prompt that arrives during a
// turn without a prompt waits until that has ended.
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
