// Package ledger numbers everything that people decide on in a session at a terminal: the
// agent's questions and requests for input, proposals, and turns. It also numbers what can be
// shown again. A number belongs to one [Item] until the program ends.
//
// # Which item a command decides on
//
// A command that names a number decides on that item. Without a number it decides on the only
// open item, and only if the person saw the item before beginning to type and no other item
// that could have been meant was closed in the meantime; see [Ledger.Pick].
//
// An item holds everything that is decided, and its texts as they arrived: text of others
// passes package display before it is printed.
//
// # Testing
//
// A [Ledger] is a plain value that reads no clock; the tests pass it the times. It is for one
// goroutine.
package ledger
