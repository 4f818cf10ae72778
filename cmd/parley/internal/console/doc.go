// Package console is an input line at the bottom of a terminal, below output that never
// breaks it.
//
// A [Console] reads keys from a terminal in raw mode and returns whole lines of up to
// [MaxLine] bytes. Pasted text is one piece, line ends included. The terminal marks it
// (bracketed paste); if it does not, a line end that is followed by more input at once
// counts as part of a paste, because nobody types that fast. Only an Enter key by itself
// submits a line. Editing works on grapheme clusters, so that an emoji is erased as a
// whole, and characters that cannot be seen are drawn as marks.
//
// The Tab key completes the line with what a [Completer] offers. A Tab that is followed by
// more input at once is text.
//
// Output that is written to a Console appears above the input line. An unfinished line is
// redrawn until it ends.
//
// # Concurrency
//
// Write and Read may be called from different goroutines, and Close from any. A Console
// has one goroutine, which reads the terminal. It ends when the terminal's Read fails or
// returns after Close; a blocked Read of a terminal cannot be interrupted, so Close does
// not wait for it.
//
// # Testing
//
// The decoder of keys, the editor and the layout are plain values, with unit tests. The
// Console is tested on a pseudo-terminal.
package console
