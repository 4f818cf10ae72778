// Package options holds what is known about the options that participants and the
// configuration set in an agent: the changes that the agent has not answered, their outcomes,
// and what has been chosen, which is set again in every later process. [Options] is a part of
// a host session's state; its events are stored in that session's stream.
//
// The package keeps this record and its bounds. Package host decides which change the agent
// receives, and what the shared sessions learn of it.
//
// An agent has at most one change of an option by a participant at a time; another one fails.
// What participants have set is set again in every later process, before its first prompt. If
// the agent then refuses the mode, prompts wait, since the participants relied on the mode
// when they approved them. Signing in is a change, too.
//
// Options are for one goroutine at a time. Their methods are pure: tests need no fake.
package options
