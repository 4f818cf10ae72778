package shared

import (
	"encoding/json"
	"maps"

	"parley/hub/journal"
)

// doneCommands are the last commands that were carried out in each scope. The JSON is
// a list for each scope.
type doneCommands struct {
	lists map[string][]commandDone // by scope, oldest first; at most rememberedCommands each

	// derived from the above
	known map[commandKey]struct{} // finds out without a search that a command is new, as nearly every one is
}

// commandDone is a command that was carried out.
type commandDone struct {
	ID     string
	Digest string
	Seq    journal.Seq // the primary event
	Joined string      // the participant, for a join
}

type commandKey struct{ by, id string }

// rememberedCommands is how many commands are remembered in a scope: more than a client
// that reconnects has in flight.
const rememberedCommands = 128

func newDoneCommands(lists map[string][]commandDone) doneCommands {
	d := doneCommands{lists: lists, known: map[commandKey]struct{}{}}
	if lists == nil {
		d.lists = map[string][]commandDone{}
	}
	for by, list := range lists {
		for _, c := range list {
			d.known[commandKey{by, c.ID}] = struct{}{}
		}
	}
	return d
}

func (d *doneCommands) find(by, id string) (done commandDone, ok bool) {
	if _, known := d.known[commandKey{by, id}]; known {
		for _, c := range d.lists[by] {
			if c.ID == id {
				return c, true
			}
		}
	}
	return commandDone{}, false
}

func (d *doneCommands) add(by string, c commandDone) {
	list := d.lists[by]
	if len(list) == rememberedCommands {
		delete(d.known, commandKey{by, list[0].ID})
	}
	d.lists[by] = keepLast(append(list, c), rememberedCommands)
	d.known[commandKey{by, c.ID}] = struct{}{}
}

// take removes the commands of a scope that match, and returns them.
func (d *doneCommands) take(by string, meant func(commandDone) bool) (taken []commandDone) {
	var rest []commandDone
	for _, c := range d.lists[by] {
		if meant(c) {
			taken = append(taken, c)
			delete(d.known, commandKey{by, c.ID})
		} else {
			rest = append(rest, c)
		}
	}
	if d.lists[by] = rest; len(rest) == 0 {
		delete(d.lists, by)
	}
	return taken
}

// forget drops the commands of the scopes that match.
func (d *doneCommands) forget(meant func(by string) bool) {
	maps.DeleteFunc(d.lists, func(by string, _ []commandDone) bool { return meant(by) })
	maps.DeleteFunc(d.known, func(k commandKey, _ struct{}) bool { return meant(k.by) })
}

// MarshalJSON implements [json.Marshaler].
func (d doneCommands) MarshalJSON() ([]byte, error) { return json.Marshal(d.lists) }

// UnmarshalJSON implements [json.Unmarshaler].
func (d *doneCommands) UnmarshalJSON(b []byte) error {
	var lists map[string][]commandDone
	err := json.Unmarshal(b, &lists)
	*d = newDoneCommands(lists)
	return err
}
