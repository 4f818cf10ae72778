// Package rulestest helps to test the state machines of sessions together, without
// a runtime: [Network] connects them by messages, and [Fixture] is a world with one
// shared session.
package rulestest
