// Package demo is an agent that needs no model and no network. It speaks the
// Agent Client Protocol as any other agent does, newline-delimited on a pair
// of streams, and acts out small scenes: streamed text and thoughts, plans,
// tool calls with diffs and terminal output, permission requests, failures.
// The prompt decides which scene is played; the prompt "help" lists them.
//
// Order: the updates of a turn come in the order of the scene, and the answer
// to a prompt comes after all of its updates. Serve reads on while a turn runs,
// so a cancel takes effect at once. A peer that does not read blocks the turn
// and, when an answer is due, the reading of further requests.
//
// To test against it, run Serve over io.Pipe with Options.Pace zero: nothing
// then waits for a clock.
package demo
