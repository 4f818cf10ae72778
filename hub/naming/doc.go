// Package naming decides what the participants of a session are called, so that
// none can borrow the name of another. It is pure: the same name and the same
// names of others always give the same result. What it decides is kept in the
// session's events and never computed again from them, so that a newer table of
// characters changes no name that was given.
//
// Two names count as equal when people would take one for the other: they are
// compared after Unicode's compatibility normalization (NFKC) and full case
// folding, by the skeletons of UTS #39, "Unicode Security Mechanisms"
// (confusables.txt, version 13.0.0), which match characters across scripts too,
// and without white space and invisible characters.
package naming
