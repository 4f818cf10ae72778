// Package courier carries one session's messages to another in order, on a goroutine
// of its own, so that no actor waits for another.
package courier
