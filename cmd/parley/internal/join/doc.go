// Package join is the terminal client of a shared session: it reads lines and prints
// lines, so that people and scripts can use it alike. On a person's terminal package
// console keeps the line that is being typed apart from the output.
//
// # Concurrency
//
// [Run] has one loop, which owns the state of the session and everything that is printed.
// One goroutine reads the input. Others carry out one command at a time and fetch what a
// welcome had no room for, so that the loop continues to receive notices while a command
// waits for its answer. Run waits for these when it ends.
//
// # Untrusted text
//
// Text of other participants and of agents is printed through package display only. A
// question of the agent is shown with everything that is decided: the whole command, diff
// and input of its tool call; see package toolcall.
//
// What the agent does is folded by package view; package story also notes what has been shown
// of it, and the screen prints how its rows change.
//
// # Which item a command decides on
//
// Package ledger numbers everything that people decide on, and chooses the item of a command
// that names no number.
//
// # Testing
//
// The room and the screen are plain values, with unit tests. Run is tested
// through pipes and pseudo-terminals against the server of package clienttest.
package join
