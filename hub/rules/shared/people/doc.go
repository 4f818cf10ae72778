// Package people holds the participants of a shared session, and the users who may take part in
// it only in part or not at all. [Participants] answers who is present, whose name is taken,
// and what a welcome shows of them, at a cost that does not grow with a session's age.
// [Restrictions] keeps the users who were removed or have a lower role.
//
// Package shared decides who joins, leaves and is removed.
//
// The types are parts of a session's state and are for one goroutine at a time. Their methods
// are pure: tests need no fake.
package people
