// Package display prepares text of other people and of agents for a terminal.
//
// Such text is untrusted. Every function marks characters that cannot be seen, control
// characters included, so that the result can neither steer the terminal nor hide
// anything. Functions for text of several lines indent the further lines, which no line
// of the program itself begins with, so that none can be mistaken for one of these.
//
// The functions are pure and safe for concurrent use.
package display
