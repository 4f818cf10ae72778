// Package commands remembers the commands that a shared session has carried out, so that a
// client that repeats a command after a lost answer receives the answer of the first, and the
// command is not carried out twice. [Recent] has the commands of the participants, and
// [Departed], for a while and in a shorter form, those of guests who have left.
//
// A command has a scope, within which its id is unique: the participant who sends it, or for
// a join, what package shared chooses.
//
// The types are parts of a session's state and are for one goroutine at a time. Their methods
// are pure: tests need no fake.
package commands
