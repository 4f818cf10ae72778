// Package facts collects what an agent announces about itself and its session: its
// name, capabilities, commands, options, title and usage. It decodes the announcements
// of versions 1 and 2 of the Agent Client Protocol into the types of package protocol,
// with one list of options, however the agent announces its modes and models.
//
// Announcements are decoded leniently, since agents omit members that the protocol
// requires and send others with wrong types: a member of the wrong type counts as
// missing, and a bad element is dropped from its list. What is kept is bounded; see
// [protocol.AgentFacts.Bounded].
//
// A [Tracker] is safe for concurrent use. Its methods neither block nor do I/O, and
// can be tested with the lines of an agent.
package facts
