// Package background has goroutines with an owner: [Worker] starts one, stops it and
// waits for it, and [Notify] wakes one that waits on a channel.
package background
