// Package wire decodes and encodes JSON-RPC 2.0 (https://www.jsonrpc.org/specification)
// as the Agent Client Protocol frames it: one JSON object per line.
//
// Only an object with "jsonrpc":"2.0" is a message; see [Parse]. The package decodes
// what routing needs: the method, the id, the positions of params.sessionId and the kind
// of an update. A [Message] otherwise refers to the bytes of its line, and
// [Message.WithSession] passes a notification on without encoding it again. So large
// integers, nulls, the order of members, escapes and unknown members are preserved.
//
// # Concurrency
//
// The package starts no goroutine. It keeps no state between lines, except in a
// [Reader], which belongs to one goroutine. Nothing blocks, except [Reader.Next] on the
// underlying reader. Tests need nothing but byte slices.
package wire
