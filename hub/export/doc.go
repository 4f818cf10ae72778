// Package export makes exports of sessions that can be checked without the server, and checks
// them. An export has the events as a participant sees them. For an event that is masked or
// hidden it has the digest of the original, so that the chain of hashes can be computed. It
// ends with a [protocol.Checkpoint], in which the server signs the chain.
//
// Whoever has the server's public key knows from an export that passes [Verify] which events
// the server had recorded up to that time, in which order and at which times, and that each
// payload that is not marked as masked is the original. A masked payload is the server's
// word.
package export
