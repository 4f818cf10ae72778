// Package toolcall decodes the tool calls of agents and decides what people must be shown
// of them.
//
// A [Call] is everything that the agent has said about a tool call: its announcement and
// all updates since. Agents deviate from the Agent Client Protocol, so a member of the
// wrong type is ignored instead of failing the whole call; raw input and content of an
// unknown form are shown as they are. [Call.Details] returns everything that a person
// decides on when allowing the call. [Calls] keeps the calls that an agent has announced,
// and [Output] what one of them has printed.
//
// The types are plain values without I/O. They are for one goroutine.
package toolcall
