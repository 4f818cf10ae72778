// Package rulestest helps to test the state machines of sessions together, without a
// runtime, clock or disk. A [Network] connects a host session and its shared sessions by
// messages that a test delivers or loses; a [Fixture] is a network with one shared session
// and short methods for what its participants do.
//
// A network carries out decisions as the runtime does: it commits the events to journals
// that are slices, and then carries out the effects. It checks at each decision that
// deciding changes no state, and at each reload that the journal and the snapshot lead to
// the same state.
package rulestest
