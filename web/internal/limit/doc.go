// Package limit bounds what clients may use of a server: how fast they send, how
// often they join or show wrong credentials, how much of their unfinished messages
// the server holds, and how many connections they keep.
//
//   - [Commands] is the rate of one sender. [Participants] has one for each
//     participant who sends over plain HTTP.
//   - [Addresses] bounds joins, wrong credentials and anonymous reads by address.
//   - [Bandwidth] slows down one connection that sends too many bytes.
//   - [Memory] bounds the messages that all clients together have begun.
//   - [Connections] bounds open connections and decides which one makes room.
//
// A limit that is exceeded returns RATE_LIMITED, a [protocol.Error], with the time
// after which a retry can succeed, or a [Slow] that also lets the client wait for its answer.
// Every table here has a bound of its own. Types are safe for concurrent use unless they say
// otherwise. Only [Bandwidth.Spend], [Addresses.Join] and [Slow.Wait] wait.
//
// The tests use synctest, where the rates of golang.org/x/time/rate follow the
// bubble's clock.
package limit
