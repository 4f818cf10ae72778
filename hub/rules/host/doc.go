// Package host is the state machine of a host session, which owns one agent: the
// agent's life, its queue of turns, and its permission requests. [State] implements
// [rules.State].
//
// A host session runs one turn at a time, in the order in which the prompts
// arrived, and starts its agent when a prompt or a shared session needs it. The
// agent's notifications are not events of a host session; it passes them on to the
// shared sessions that are open on it.
package host
