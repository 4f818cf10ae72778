// Command schema writes what other languages know of Parley's wire from the Go
// types of package protocol, which are the one source: a JSON Schema and the
// types of the TypeScript client. Run it in the module's root after a change:
//
//	go run ./protocol/internal/schema
//
// The shapes come from reflection, since that is what the codec goes by; the
// words of enumerations and the comments come from the source.
package main
