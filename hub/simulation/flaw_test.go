package simulation

import (
	"bytes"
	"encoding/json"

	"parley/hub/feed"
	"parley/hub/journal"
)

// flaw is a defect that is introduced on purpose, to test that the simulation finds it.
type flaw string

const (
	flawNone              flaw = ""
	flawAcknowledgesEarly flaw = "a journal that acknowledges writes too early"
	flawLosesAppend       flaw = "a journal that loses an acknowledged append"
	flawForgetsCommands   flaw = "a hub that forgets which commands it has carried out"
	flawForgetsTurns      flaw = "a hub that forgets which turns have begun"
	flawSkipsEvent        flaw = "a subscription that skips an event"
	flawRepeatsEvent      flaw = "a subscription that repeats an event"
	flawSwapsAnswer       flaw = "an answer that overtakes its event"
	flawOtherBytes        flaw = "a subscription with other bytes for an event"
	flawLosesAnswer       flaw = "a subscription that loses an answer"
)

func (f flaw) forgets() bool { return f == flawForgetsCommands || f == flawForgetsTurns }

// forget removes from a record what a flawed hub does not remember.
func (f flaw) forget(r journal.Record) journal.Record {
	switch {
	case f == flawForgetsCommands && len(r.Private) > 0:
		var private map[string]json.RawMessage
		if json.Unmarshal(r.Private, &private) == nil {
			delete(private, "command")
			r.Private, _ = json.Marshal(private)
		}
	case f == flawForgetsTurns && (r.Type == "turn_began" || r.Type == "turn_cancelling" || r.Type == "turn_stuck"):
		r.Type = "turn_confirmed"
	}
	return r
}

// corrupt changes lines as a flawed subscription does.
func (f flaw) corrupt(lines []feed.Line) []feed.Line {
	n := len(lines) - 1
	switch {
	case f == flawSkipsEvent && n > 1 && lines[n].Cursor != "":
		return lines[:n]
	case f == flawRepeatsEvent && lines[n].Cursor != "" && hashOf(lines[n].Cursor)%10 == 0:
		return append(lines[:n:n], lines[n], lines[n])
	case f == flawLosesAnswer && n > 0 && lines[n].Cursor == "" && bytes.HasPrefix(lines[n].Bytes, []byte(`{"type":"ok"`)):
		return lines[:n]
	case f == flawOtherBytes && lines[n].Cursor != "" && hashOf(lines[n].Cursor)%10 == 0:
		return append(lines[:n:n], feed.Line{Bytes: append(bytes.Clone(lines[n].Bytes), ' '), Cursor: lines[n].Cursor})
	case f == flawSwapsAnswer && n > 0 && lines[n].Cursor == "" && lines[n-1].Cursor != "":
		return append(lines[:n-1:n-1], lines[n], lines[n-1])
	}
	return lines
}
