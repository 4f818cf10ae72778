// Package redact finds secrets in texts and replaces each of them by [Mask].
//
// [Rules] are a set of patterns: those of [BuiltIn], an operator's own, and the literal
// values of secrets. The masked form of a text is the text in which every match of every
// rule is replaced. A match is what package regexp finds: the leftmost one, and behind it
// the next, for each rule by itself; matches of two rules that overlap become one mask. A
// rule with a group masks what the group matches, so that the name of a password stays.
//
// # Streamed texts
//
// A [Scanner] masks a text that comes in pieces. It gives out what no continuation of the
// text can turn into a part of a match and holds the rest back, so that the masked pieces
// together are the masked form of the whole, however the text was split. What it holds has
// at most [MaxHeld] bytes: a match is no longer than that, and ends where it has not grown
// for maxGap bytes.
//
// The time for a text is proportional to its length and to the sizes of the rules, which
// are bounded.
//
// # Testing
//
// The fuzz target FuzzScanner compares a scanner with package regexp, for any split of a
// text.
package redact
