// Package jsonwalk finds the members of a JSON object by walking along its
// bytes, where decoding would cost too much or lose how they were written.
//
// It checks nothing: what is walked has to be JSON that json.Valid has accepted,
// and it panics or loops on anything else. It does not recurse, so that deep
// nesting costs no stack.
//
// Nothing here blocks or keeps state. The fuzz test compares it with
// encoding/json.
package jsonwalk
