// Package meter determines which events have reached which listeners, and the latencies,
// without decoding events.
//
// Every event that is counted has a number in its text, from 1 without a gap in
// each room, written as ~NUMBER; with [AppendMark]. A tilde is nowhere else in what
// a server sends, so a listener only has to count tildes, in whatever pieces the
// bytes arrive.
package meter
