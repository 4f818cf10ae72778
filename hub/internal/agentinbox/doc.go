// Package agentinbox is the queue between an agent and the actor of its session.
//
// An agent streams text in pieces of a few letters, and to commit and send each of them
// separately costs more than everything else. So pieces that arrive within some milliseconds,
// which depend on the load of the process (see [Pace]), are taken together: they stay separate events, but cost one append and one write to each
// connection. The first piece after a pause is available at once. So is every message
// that is not a piece of a stream, together with the pieces before it.
//
// Messages keep their order. The agent's goroutine blocks in [Inbox.Put] while the inbox is
// full, so that the agent is not read further; the actor never blocks. Tests use
// testing/synctest, since the inbox waits by timers.
package agentinbox
