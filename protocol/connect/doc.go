// Package connect is the wire format of the connector, subprotocol parley.connect.v1, and
// the rules by which its two ends carry frames through any break of the connection. A
// connector runs an agent on a user's machine and shares it through a server; it carries
// the agent's lines and knows nothing of what they say. CONNECT.md in this directory
// describes the same protocol for authors of connectors.
//
// # Order
//
// Each direction numbers its kept frames from 1. A [Stream] is one end's memory of both
// directions: it returns frames in the order in which they were put, sends what the other
// end does not have again after a break, and takes each frame of the other end once and in
// order. It does no input or output.
//
// # What is bounded
//
// A [Stream] keeps a bounded number of bytes that the other end has not acknowledged. When
// it is full it takes no more, so the caller stops reading from its source. Nothing is
// dropped.
//
// # Decoding
//
// [Decode] and the Decode methods of bodies are strict as in package protocol: an unknown
// type, a wrong number, or a body that is too long is an error, and unknown members are
// ignored. Every error is a [*protocol.Error].
//
// # Testing
//
// All functions are pure, except [Seat] and [Stream], which are values for one goroutine at
// a time.
package connect
