// Package limit counts what a whole process holds against a bound: a [Budget] counts
// bytes, and [Slots] counts things that exist at a time. Both are safe for concurrent use,
// and neither blocks.
package limit
