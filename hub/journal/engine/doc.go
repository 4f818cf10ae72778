// Package engine holds what every engine of journal.Journal shares: the committer,
// which turns the writes of many sessions into few durable transactions, and
// the row, the form in which an append is stored and checked when it is read.
//
// The engines are the packages beside it: memory, the reference, and sqlite, the
// embedded default. Each passes the suite in hub/hubtest.
//
// # What the committer promises
//
// Whatever is waiting when a write begins goes into it, up to a bound: the slower
// the disk, the larger the batches. A write begins as soon as the last one has
// ended and no more requests are about to come: every sender that has been sending
// the next request as soon as the one before was durable has sent it. Requests of
// other senders, such as people who talk now and then, wait for each other so that
// writing them takes a third of the time at most. No request waits longer than
// the limit that the engine was given. pace.go has the rules, as a function of
// counts, costs and times.
//
// Requests reach the engine, and commits resolve, in the order in which they were made, whichever writer made
// them. Several appends of one session can be in one batch, each building on
// the one before.
//
// A request that the engine refuses, because of a conflict or of a newer owner,
// fails alone. When the engine reports that the batch as a whole was not
// written, every request in it fails with that error, and the next batch is
// tried as usual. Appends that build on a failed one then fail with
// journal.ErrConflict, because the events that they build on are not there.
//
// # Who may block whom
//
// Writers never block. One goroutine, owned by the Committer and ended by
// Close, calls the engine and resolves the commits. What is waiting is bounded;
// a request beyond that fails with journal.ErrUnavailable, in its turn.
//
// # Testing
//
// An engine's write function is an ordinary function of a batch; see
// committer_test.go for a small one. hub/hubtest has the conformance suite, and
// a journal that fails on demand for testing what uses a journal.
package engine
