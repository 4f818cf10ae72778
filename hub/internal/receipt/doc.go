// Package receipt counts what is left to do with a message that leads to others. A host
// session gives a [Receipt] to everything that follows from a message of an agent on another
// machine, whose connector keeps the message until all of it is done.
package receipt
