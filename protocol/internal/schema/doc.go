// Command schema generates descriptions of the wire format from the Go types of package
// protocol: a JSON Schema, and the types of the TypeScript client. Run it in the
// module's root after a change:
//
//	go run ./protocol/internal/schema
//
// The shapes come from reflection, like those of the codec. The words of enumerations
// and the descriptions come from the source code.
package main
