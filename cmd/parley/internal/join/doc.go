// Package join is the plain terminal client of a shared session: lines in,
// lines out. People can talk by it, and so can scripts.
//
// Run has one loop that owns what is known of the session and all that is
// printed; a goroutine of its own carries out one typed line at a time, so
// notices go on being read while an answer is awaited. What people and agents
// say is untrusted: it passes Clean before it is printed, and its further lines
// are indented, so that none can pass for one of the program's own.
//
// The parser, the room and the screen are plain values and tested as such; Run
// is tested through pipes against the server of package clienttest.
package join
