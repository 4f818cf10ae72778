// Package wire reads and writes JSON-RPC 2.0 as the Agent Client Protocol
// frames it: one JSON object per line.
//
// Only an object with "jsonrpc":"2.0" is a message, see Parse. The package looks
// into a message only as far as routing needs (method, id, the places
// of params.sessionId and the kind of update) and leaves everything else as the
// bytes that came. A notification that is passed on is never decoded and
// encoded again, so big integers, nulls, the order of keys, escapes and members
// that no schema names survive.
//
// Nothing here starts a goroutine or keeps state between lines, but for Reader,
// which belongs to one goroutine. Everything can be tested with byte slices.
package wire
