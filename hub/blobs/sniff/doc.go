// Package sniff finds out what an uploaded file is: its type, from its content and from what
// the client says, and the dimensions of an image. It believes a client about nothing that
// decides how a file is shown: images and audio are recognised by their content alone.
//
// Its functions are pure, and may be called concurrently. To test against this package, call
// it: it needs no set-up.
package sniff
