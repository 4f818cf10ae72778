// Package hub is the domain of Parley: shared sessions, the host sessions that
// they are shared from, and the rules of both. It knows no socket, no database
// and no process; those come in through the interfaces [journal.Journal] and
// [Agent], whose implementations are in the packages below.
//
// # Who owns what
//
// Every live session is one goroutine, its actor, which owns the session's
// state alone and is talked to through channels. What it knows is in two
// halves. The state ([shared.State], [host.State]) is pure: Decide returns what an input
// leads to, Apply folds events in, and neither sees a clock, a channel or a
// disk. The shell (sharedShell, hostShell) is what touches the outside:
// connections, and the agent.
//
// # What order is promised
//
// An actor decides on its newest state and does not wait for the disk. What an
// input leads to outside, events, answers, errors, messages to other sessions
// and to the agent, is given out in the order of deciding, and only when every
// event decided before is durable. So nobody is shown, and no agent is given,
// what a crash could undo; and an answer never overtakes an event that came
// before it.
//
// When the journal does not take an append, commands that wait are answered
// JOURNAL_UNAVAILABLE, the state is read again from the journal, and what the
// agent and other sessions said meanwhile is decided on again.
//
// When another process has claimed a session's partition, every session of it
// ends here: commands that wait are answered JOURNAL_UNAVAILABLE, connections
// are closed with 4002, and who comes back finds whoever serves it now.
//
// An event's time is the later of the clock's and the last event's, so that it
// never goes back. What outlives the process, a session's expiry, comes due by
// that clock; what does not, such as a question's time, by the monotonic one,
// whatever becomes of the other.
//
// # What an agent streams
//
// Agents write text in pieces of a few letters. Those that come within 40 ms go
// on together: several events, but one append and one write to each connection.
// The first piece after a pause goes on at once. So does whatever is no piece of
// a text, with the pieces before it; see hearing.
//
// What an agent says of itself and of its session, such as its commands and its
// mode, is no stream: the host session keeps the newest of each in its own
// journal, bounded, and tells it to every shared session, also to one that opens
// later. Changes are gathered for a second, and usage until the turn ends; see
// [host.FactBuffer].
//
// # Who may block whom
//
// An actor never blocks on a connection, an agent, another actor or the disk.
// A sender waits while the actor's inbox is full. While the journal is
// out, commands are answered so within seconds, and what agents and other
// sessions say waits where it is. Between sessions
// messages go by couriers, a goroutine for each pair; when a courier is full
// the agent that feeds it is not read further. What a session has for its
// connections goes through its room, which no socket can hold up; see package
// feed. A client that was too slow, or was disconnected, reads what it has missed
// from the newest events that the session keeps in memory or else from the
// journal; see package history.
//
// # What is held in memory
//
// A session's state and its snapshot do not grow with its age: what was said,
// prompts that are done and guests who have left are in the journal, whose index
// finds them. Whatever grows has a bound in bytes: for one item, for its session or
// connection, and for the process. Names in other packages have their package's.
//
//	what                                   one item                       session or connection            process
//	prompts that wait                      protocol.Limits.PromptBytes    MaxPendingBytes (participant:    MaxPromptBytes
//	                                                                      MaxOwnPendingBytes)
//	prompts on their way to the agent      protocol.Limits.PromptBytes    MaxQueued for each session       MaxPromptBytes
//	questions of the agent                 MaxEvent                       agent.maxAsked, maxPermissions   agent.maxAskedAll
//	facts of the agent                     protocol.maxFactText           256 KiB: protocol.maxFactList    MaxAgents
//	plans, tool calls, what agents say     MaxEvent                       hearingBytes, feed.fanoutBytes;  -
//	                                                                      they are in the journal alone
//	newest events, for whoever comes       MaxEvent                       history.tailBytes              -
//	a welcome                              maxShownText, maxShownName     welcomeBytes                     MaxBacklogs
//	what waits for a connection            MaxEvent                       MaxBacklog                       MaxBacklogs
//	answers with events                    MaxEvent                       history.AnswerBytes            MaxBacklogs, history.maxReads
//	lists that have no pages               MaxEvent                       history.PageBytes,             MaxBacklogs, history.maxReads
//	                                                                      web.longHeld
//	connections of unknown clients         web.firstMessageBytes          -                                web.Options.MaxUnfinished, and as
//	                                                                                                       many that are idle
//	messages and bodies that are coming    protocol.Limits.FrameBytes     web.inboundFree without a count  web.Options.MaxInbound
//
// Where MaxBacklogs is passed, the connections that have taken nothing for longest
// are cut off. What a question or a prompt takes beyond its bound is refused.
//
// # Between sessions
//
// An approved prompt goes from its shared session to the host session's queue,
// and its end comes back. Both sides keep what the other has not confirmed and
// say it again when they wake, under the approval's id, so that a crash between
// them neither loses a prompt nor runs it twice.
//
// # When an agent is not there
//
// A prompt is accepted whether or not there is an agent: the host session starts
// one for it, on the session that it had if the agent can load that, and else on
// a new one, which the shared sessions are told of. What is on its way to an
// agent that was asked to end waits for the next process. A start that fails
// fails what waits for it, with the reason.
//
// # Testing
//
// Decisions are tested as plain functions. Around a whole Hub, package hubtest
// has a journal that delays and fails on demand; the memory engine and the demo
// agent make a hub that needs nothing from outside.
package hub
