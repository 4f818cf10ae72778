// Package rules is the kernel of the session rules. It holds what the state machines of
// both kinds of session share: inputs, decisions and events, tokens, the rights of roles,
// and the messages that sessions send each other. The state machines are in subpackages:
// shared for a session that participants join, host for the session of an agent.
//
// A state machine implements [State]. [State.Decide] returns the [Decision] on an [Input]
// and does not change the state; [State.Apply] folds an [Event] into the state. Neither
// uses a clock, a channel, a lock or a disk, and a test checks that these packages do not
// import any. The input brings the time and new ids, and a decision lists the [Effect]
// values for the runtime to carry out. The runtime, package hub, commits the events of a
// decision before any client or agent sees a result of it.
//
// # Between sessions
//
// A shared session sends an approved prompt to the queue of its host session in a
// [Dispatch]. The host session reports the end of the turn in a [TurnEnded]. Each side keeps
// what the other has not confirmed, and sends it again under the approval's id after it was
// loaded. So a crash neither loses a prompt nor runs it twice.
//
// # Testing
//
// Decisions are tested as plain functions. Package rulestest connects a host session and its
// shared sessions by messages that a test delivers, delays or loses. Their journals are
// slices.
package rules
