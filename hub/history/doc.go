// Package history reads the past of one session for its clients: the events
// that a connection has missed, a page of a history, the archive.
//
// A [Reader] takes what it can from the session's newest events, which are in
// memory as a [Tail], and reads the rest from the journal. Events leave it as
// [Event] values, encoded for clients. An answer that cannot be computed
// without the journal is a [Deferred]: the session's actor creates it, and the
// goroutine that serves the client reads it.
//
// # What order is promised
//
// Events come in the order of their numbers, without a gap or a duplicate. A
// read begins and ends at numbers that its caller has fixed, so that events
// which are committed meanwhile do not change its result.
//
// # Who may block whom
//
// Every read may block on the journal until its context ends. An actor
// therefore never reads. [Slots] bounds how many reads run at a time in the
// process; hosts have slots of their own, so that they do not wait for guests.
// A goroutine that reads holds a slot until the result is encoded.
//
// # What is held in memory
//
// A page holds about AnswerBytes, a piece of a list about PageBytes, and a tail
// at most tailBytes, each but for one longer event.
//
// # Testing
//
// A Reader needs no more than a [journal.Journal]: the memory engine, or a fake
// that counts its reads. Slots are tested with testing/synctest.
package history
