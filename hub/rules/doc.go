// Package rules has what the state machines of both kinds of session share:
// inputs, decisions and events, tokens, the rights of roles, and the messages that
// sessions send each other. The state machines are in the packages below: shared
// for a session that people join, host for the agent's own.
//
// A state machine implements [State]. [State.Decide] returns what an [Input] leads
// to and changes nothing; [State.Apply] folds an [Event] into the state. Neither
// uses a clock, a channel, a lock or a disk, and these packages do not import any:
// time and fresh ids come in with the input, and a decision names its [Effect]
// values for the runtime to carry out. The runtime, package hub, commits a
// decision's events before it shows or does anything.
//
// # Between sessions
//
// An approved prompt goes from its shared session to the host session's queue in a
// [Dispatch], and its end comes back in a [TurnEnded]. Each side keeps what the
// other has not confirmed and sends it again when it wakes, under the approval's
// id. So a crash between them neither loses a prompt nor runs it twice.
//
// # Testing
//
// Decisions are tested as plain functions. Package rulestest connects the states of
// a host session and its shared sessions by messages that a test delivers, delays
// or loses, with journals that are slices.
package rules
