// Package feed keeps the connections of shared sessions supplied: with events
// that clients have missed, with live events, with answers to their commands,
// and with hints such as presence and typing.
//
// A process has one [Feed]. Each shared session in memory has a [Room], which
// the session's actor owns, and each connection has a [Subscription]. The actor
// passes its room the events that are durable. The room's fan-out, one goroutine,
// gathers what arrives together into a [Burst] and offers it to every
// subscription, encoded once for each [Format]. A subscription passes the burst to
// its [Sink], or queues it while the connection is behind.
//
// A subscription reaches the actor of its session by the interface [Actor], and a room
// reads the session's state by [Session]. Package hub implements both.
//
// # What order is promised
//
// A connection receives everything in the order in which the actor calls the
// room, and each answer exactly behind the events that precede it. The welcome
// precedes every event. A subscription first reads the events after the client's
// cursor from the session's past, and then turns live, without a gap or a
// duplicate. Hints are for live connections only. A connection that is behind
// loses them, but receives the newest presence message later, whose numbers show
// that an earlier one is missing.
//
// A connection that the room ends receives everything that precedes its end,
// unless it is too slow.
//
// # Who may block whom
//
// An actor never waits for a connection. It waits for the fan-out only while that
// is fanoutNotices or fanoutBytes behind. The fan-out never waits: a sink takes
// what it can at once, and the rest is queued. A connection for which more than
// MaxBacklog waits is closed with 4001. When more than MaxBacklogs waits for all
// connections together, those that have taken nothing for longest are cut off.
//
// What is read from the journal is read by the goroutine that calls
// [Subscription.Next] or [Subscription.Take], at the client's pace and within the
// slots of package history. [Actor.Submit] blocks the connection, never the room,
// while the actor's inbox is full.
//
// # Who owns what
//
// A room belongs to the actor's goroutine. A subscription has three owners, and a
// type for the part of each: reading belongs to the connection's goroutine, outbox
// to the fan-out's, and backlog, where the two meet, has a lock.
//
// # Testing
//
// A room needs a fake of [Session] and of [Actor], and a journal for clients that
// have missed events, but no hub. The tests run in bubbles of testing/synctest,
// which also tells them when the fan-out has passed everything on.
package feed
