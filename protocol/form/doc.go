// Package form reads the forms of agents, and checks what people fill in.
//
// [Parse] turns the JSON schema of a form into a [protocol.ElicitationForm]. It accepts
// only what clients can show in full: a flat object of strings, numbers, booleans and
// choices, as the Agent Client Protocol defines it. A keyword that limits the values and
// that clients would not show is an error, so that people never fill in a form by rules
// that they cannot see.
//
// [Check] compares the content of an answer with a form, and [Target] a URL with what
// people are told about it. All functions are pure, safe for concurrent use, and take
// time in proportion to their bounded input.
package form
