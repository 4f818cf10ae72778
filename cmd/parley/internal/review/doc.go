// Package review prints the changes of an agent's working directory for a terminal. The
// names and contents of files are untrusted: control characters are printed as marks.
//
// Its functions are pure, apart from writing, and are tested without a server.
package review
