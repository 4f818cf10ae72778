// Package join is the plain terminal client of a shared session: lines in,
// lines out. People can talk by it, and so can scripts. On a person's terminal
// package console keeps the line that is typed apart from the output.
//
// Run has one loop that owns what is known of the session and all that is
// printed; a goroutine of its own carries out one typed line at a time, so
// notices go on being read while an answer is awaited. What people and agents
// say is untrusted: what cannot be seen in it is marked before it is printed, and
// its further lines are indented, so that none can pass for one of the program's
// own.
//
// The ledger numbers everything that people decide on, and pick is the rule by
// which a typed line finds its item: the one whose number it names, or the only
// one that waits, if the person saw it before the line was begun and nothing
// that could have been meant instead has gone meanwhile. A question is shown
// with the whole command, diff and input of its tool call, as the call has
// announced them.
//
// The parser, the room and the screen are plain values and tested as such; Run
// is tested through pipes against the server of package clienttest.
package join
