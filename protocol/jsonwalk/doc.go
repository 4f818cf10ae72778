// Package jsonwalk finds the members of a JSON object by scanning its bytes, for callers
// that cannot afford to decode it, or that need the original bytes.
//
// The package does not validate: its input must be JSON that [encoding/json.Valid]
// accepts. On other input it panics or does not return. It does not recurse, so deep
// nesting uses no stack.
//
// No function blocks or keeps state. The fuzz test compares the package with
// encoding/json.
package jsonwalk
