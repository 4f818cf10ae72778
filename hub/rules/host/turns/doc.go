// Package turns holds the turns of an agent: those that wait, the one that runs, and the ends
// that shared sessions have not confirmed. [Turns] is a part of a host session's state; its
// events are stored in that session's stream.
//
// The package keeps the turns and their order. Package host decides when a turn begins and
// ends, and what that means for the agent and the shared sessions.
//
// Turns are for one goroutine at a time. Their methods are pure: tests need no fake.
package turns
