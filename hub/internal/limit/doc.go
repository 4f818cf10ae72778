// Package limit counts what a whole process holds against a bound: [Budget] counts
// bytes, [Slots] counts things that exist at a time. Both are safe for concurrent
// use.
package limit
