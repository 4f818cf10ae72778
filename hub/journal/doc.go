// Package journal has the terms in which events are kept: the ids of sessions,
// [Record] and the chain of hashes that its records form, [Summary], [Snapshot],
// what is indexed, and the interfaces [Journal] and [Writer]. The domain writes by
// them and engines implement them, so neither needs to know the other.
//
// The packages below are the engines: memory, the reference, and sqlite, the
// embedded default; engine has the committer and the stored form that they share.
// Every engine passes the suite in hub/hubtest.
package journal
