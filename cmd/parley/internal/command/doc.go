// Package command parses the lines that people type in the terminal client.
//
// A line is a message, or a command that begins with a slash and has a [Verb]. [Parse] is
// a pure function. It refuses a line that may not be what its author meant, such as a
// decision that is followed by further pasted lines, and its errors say what to type
// instead.
package command
