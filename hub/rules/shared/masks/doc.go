// Package masks computes how those see the events of a shared session for whom secrets are
// masked. [State.Mask] adds the masked form to the events of a decision, in their private
// parts, so that it is stored with them and every read gives the same.
//
// A text that the agent sends in pieces is one text: a secret may be split across pieces. A
// piece shows to those readers what cannot be the beginning of a secret any more. What is
// held back comes with a later piece or, where the text ends, with an empty piece that Mask
// inserts. What people write in between does not end a text. [State] is a part of the state
// of the session, and is folded from its events.
//
// Names of people and the ids of the protocol are not masked.
//
// A State is for one goroutine at a time. Its methods are pure: tests need no fake.
package masks
