// Package meter finds out which event has reached which listener, and how long
// that took, without decoding events.
//
// Every event that is counted has a number in its text, from 1 without a gap in
// each room, written as ~NUMBER; with [AppendMark]. A tilde is nowhere else in what
// a server sends, so a listener only has to count tildes, in whatever pieces the
// bytes arrive.
package meter
