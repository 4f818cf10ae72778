// Package toolcall decides what people must be shown of a tool call of an agent.
//
// A [Call] is everything that the agent has said about a tool call, as package view has
// decoded it. [Call.Details] returns everything that a person decides on when allowing the
// call: raw input and content of an unknown form are shown as they are. [Output] is what a
// call has printed.
//
// The types are plain values without I/O. They are for one goroutine.
package toolcall
