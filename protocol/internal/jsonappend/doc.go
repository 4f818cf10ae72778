// Package jsonappend appends the JSON form of Go values to byte slices. Its output
// is that of [encoding/json] with HTML escaping switched off.
//
// Strings, times, integers, booleans, and the structs, lists and pointers made of
// them are appended directly, which takes half the time that encoding/json takes.
// That covers nearly every value on the wire; encoding/json encodes the rest.
// BenchmarkValue compares the two.
//
// All functions may be called from any goroutine. They keep no state except the
// encoders of the types that they have seen.
package jsonappend
