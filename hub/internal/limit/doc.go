// Package limit counts what a whole process holds against a bound: a [Budget] counts
// bytes, [Slots] counts things that exist at a time, [Quota] things that a journal counts,
// and [Refusals] what limits have refused. All are safe for concurrent use. Only [Quota.Take]
// waits.
package limit
