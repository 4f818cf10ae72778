// Package rulestest helps to test the state machines of sessions together, without
// a runtime: [World] connects them by messages, and [Stage] is a world with one
// shared session.
package rulestest
