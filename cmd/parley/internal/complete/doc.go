// Package complete completes the line that a person types in a session: the commands of the
// client and of the agent, and the names of files in a prompt. It also finds the files that a
// finished prompt names.
//
// A [Completer] asks for files while the person waits, for at most a few seconds; it offers
// none if there is no answer. A name with characters that cannot be seen is never offered.
//
// # Testing
//
// A Completer is a plain value, and [FindFiles] a function that tests replace.
package complete
