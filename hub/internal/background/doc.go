// Package background runs goroutines that have an owner. A [Worker] starts a goroutine,
// stops it and waits for it. [Notify] wakes a goroutine that waits on a channel.
package background
