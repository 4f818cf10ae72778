// Package view computes what people see of a session: a pure fold of its events into rows.
//
// A [Timeline] has the rows: messages of people and of the agent, prompts and turns, tool
// calls with their terminals, plans, questions, notices. [Timeline.Apply] folds one event
// and returns the rows that have changed, as they were before and as they are now, so that
// a client that prints lines knows what to print. Rows are replaced, never changed: one
// that was returned stays as it is.
//
// The TypeScript client has the same fold, as parley-client/view, with the same names in
// JSON. The files of protocol/testdata/view hold both equal: each has events, and the rows
// that both must make of them. It does not matter whether a text comes in many pieces or
// in one.
//
// # What agents write
//
// Notifications of the Agent Client Protocol, versions 1 and 2, are decoded leniently: a
// member of the wrong type counts as missing, and what no version defines becomes a row
// with its JSON. What begins with an underscore is an extension for another program and
// makes no row.
//
// # Bounds
//
// A timeline keeps at most [MaxRows] rows and about [MaxBytes] bytes of texts and data.
// Beyond that it drops its oldest rows, three quarters of the bound being left; events
// about dropped rows change nothing, except that a tool call begins a new row. A text of
// more than [MaxText] bytes loses its beginning, and one row has at most [MaxParts] parts.
//
// # Concurrency
//
// A timeline knows no clock and does no I/O. It is for one goroutine.
package view
