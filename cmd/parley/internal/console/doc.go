// Package console is an input line at the bottom of a terminal, below output
// that never splits it.
//
// A [Console] reads keys from a terminal in raw mode and returns whole lines of
// any length up to [MaxLine]. Text that is pasted is one piece, whatever line
// ends it holds: the terminal marks it (bracketed paste), and where it does
// not, a line end with more input right behind it is taken for part of a paste,
// since no person types that fast. Only an Enter key by itself sends a line.
// Editing goes by grapheme clusters, so that an emoji is erased as a whole, and
// characters that cannot be seen are drawn as marks.
//
// What is written to a Console appears above the input line. Unfinished lines
// are redrawn until they end. Read has one goroutine that reads the terminal;
// it ends when the terminal's Read does. Write and Read may be called from
// different goroutines.
//
// The decoder of keys, the editor and the layout are plain values and tested as
// such; the Console is tested on a real pseudo-terminal.
package console
