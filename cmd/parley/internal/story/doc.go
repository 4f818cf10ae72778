// Package story holds what happened in a session as a person at a terminal has seen it: the
// timeline of package view, and what has been shown of each tool call, so that an update
// prints only what is new. A [Story] is for one goroutine.
//
// # Testing
//
// A Story is a plain value; tests apply events to it.
package story
