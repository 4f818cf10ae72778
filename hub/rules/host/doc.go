// Package host is the state machine of a host session, which owns one agent: the
// agent's life, its queue of turns, and its permission requests. [State] implements
// [rules.State].
//
// A host session runs one turn at a time, in the order in which the prompts
// arrived, and starts its agent when a prompt or a shared session needs it. The
// agent's notifications are not events of a host session; it passes them on to the
// shared sessions that are open on it.
//
// Two parts of the state are packages of their own, since they hold together and need
// nothing else of it: the turns, in package turns, and the options of the agent, in package
// options. Package factbuffer gathers facts about the agent before they reach the state.
package host
