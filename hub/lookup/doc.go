// Package lookup reads from the journal what the state of a shared session does not
// hold: participants who have left, finished prompts, and messages. Its answers are
// values that implement [history.Deferred], so that the goroutine that waits for an
// answer reads it and an actor never does. Lists are read in pages and never held
// whole.
//
// Everything may be used from any goroutine, but for the functions of
// [Participants.Pages].
package lookup
