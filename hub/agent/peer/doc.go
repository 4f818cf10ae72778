// Package peer is the other end of an agent's protocol: a [Peer] is a child process, or the
// demo agent in this process behind two pipes. It knows how bytes reach an agent, how they
// come back and how an agent ends, and nothing of the messages.
//
// # Who may block whom
//
// An [Outbox] keeps the lines for an agent that is busy. [Outbox.Offer] never waits, and
// [Outbox.Put] waits for the agent to read. Terminate and Kill only ask; Gone reports the
// end of the agent and of everything that it started.
//
// # Testing
//
// The tests of package agent start real processes.
package peer
