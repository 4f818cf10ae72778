// Package agentinbox is the queue between an agent and the actor of its session.
//
// An agent streams text in pieces of a few letters, and to commit and send each of them
// separately costs more than everything else. So pieces that arrive within some milliseconds,
// which depend on the load of the process (see [Pace]), are taken together: they stay separate events, but cost one append and one write to each
// connection. The first piece after a pause is available at once. So is every message
// that is not a piece of a stream, together with the pieces before it.
//
// A message that a connector has carried is a [rules.Framed]. One that the host session
// commits waits in the inbox until the shared sessions have committed those before it, so
// that after a crash its record tells what they have.
//
// Messages keep their order. The agent's goroutine blocks in [Inbox.Put] while the inbox is
// full, so that the agent is not read further; the actor never blocks. Tests use
// testing/synctest, since the inbox waits by timers.
package agentinbox
