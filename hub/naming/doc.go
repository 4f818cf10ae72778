// Package naming chooses the names of a session's participants, so that none can
// impersonate another. Its functions are pure: the same name and the same names of
// others always give the same result. They may be called concurrently.
//
// A chosen name is stored in the session's events and never computed again, so that a
// newer table of characters does not change it.
//
// Two names count as equal if people may confuse them. They are compared after
// Unicode's compatibility normalization (NFKC) and full case folding, by the skeletons
// of UTS #39, "Unicode Security Mechanisms" (confusables.txt, version 13.0.0), which
// match characters across scripts, and without white space and invisible characters.
//
// To test against this package, call it: it needs no set-up. See the example of
// [Given].
package naming
