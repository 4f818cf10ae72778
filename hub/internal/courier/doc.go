// Package courier delivers one session's messages to another, on a goroutine of its own,
// so that no actor waits for another.
//
// A [Courier] delivers messages one at a time, in the order in which they were posted. Its
// goroutine may block in [Deliver]; the sender never blocks, except in [Courier.Stop]. A
// test passes a function as Deliver, and needs no session.
package courier
