// Package lookup reads the parts of a shared session from the journal that the state does
// not hold: participants who have left, finished prompts, and messages. Its answers are
// values that implement [history.Deferred]. The actor makes such a value from its state, and
// the goroutine that waits for the answer reads it, so that an actor never blocks on the
// journal. Lists are read in pages of bounded size.
//
// A value holds the state's data of one event, and ignores later events. It may be used by
// any goroutine, except that a function of [Participants.Pages] is for one.
//
// Tests need no runtime: package rulestest makes the events, and the memory engine stores
// them.
package lookup
