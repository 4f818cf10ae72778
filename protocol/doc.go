// Package protocol defines the wire format of Parley: resources, commands, answers,
// events and errors as Go types, and the codec that encodes and decodes them.
// PROTOCOL.md in this directory describes the same protocol for authors of clients.
//
// # Decoding and encoding
//
// The server decodes input strictly ([DecodeRequest], [Decode]): member names match
// exactly, required members must be present, and enumerations accept only known
// words. It ignores unknown members, so a newer client can talk to an older server.
// Clients decode leniently ([DecodeServer]): unknown messages, events, members and
// words are kept.
//
// Output contains every nullable member, as null if there is no value.
//
// # Concurrency
//
// No function blocks, starts a goroutine or keeps state. All functions may be called
// from any goroutine.
//
// # Testing
//
// The transcripts in testdata test the codecs of all languages; testdata/README.md
// describes their format.
package protocol
