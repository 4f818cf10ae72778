package commands

import (
	"encoding/json"
	"maps"

	"parley/hub/journal"
	"parley/hub/rules"
)

// Recent holds the newest commands that were carried out in each scope, to
// recognize repetitions. The JSON is an object with a list for each scope.
type Recent struct {
	byScope map[string][]Done // by scope, oldest first; at most MaxRecent each

	// derived from the above
	known map[key]struct{} // finds new commands, which are the most frequent, without a search
}

// Done is a command that was carried out.
type Done struct {
	ID     string
	Digest string
	Seq    journal.Seq // the primary event
	Joined string      // the participant, for a join
}

// Scoped is a command that was carried out, with its scope.
type Scoped struct {
	Scope string
	Done
}

// key identifies a command.
type key struct{ scope, id string }

// MaxRecent is how many commands are kept in a scope. A client that reconnects has
// fewer in flight.
const MaxRecent = 128

// NewRecent returns the commands of these lists, which it takes over.
func NewRecent(lists map[string][]Done) Recent {
	d := Recent{byScope: lists, known: map[key]struct{}{}}
	if lists == nil {
		d.byScope = map[string][]Done{}
	}
	for scope, list := range lists {
		for _, c := range list {
			d.known[key{scope, c.ID}] = struct{}{}
		}
	}
	return d
}

// Index computes the derived fields of a zero value.
func (d *Recent) Index() {
	if d.known == nil {
		*d = NewRecent(nil)
	}
}

// Find returns a command by scope and id.
func (d *Recent) Find(scope, id string) (found Done, ok bool) {
	if _, known := d.known[key{scope, id}]; known {
		for _, c := range d.byScope[scope] {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Done{}, false
}

// Add adds a command to a scope, and drops the oldest one of a full scope.
func (d *Recent) Add(scope string, c Done) {
	list := d.byScope[scope]
	if len(list) == MaxRecent {
		delete(d.known, key{scope, list[0].ID})
	}
	d.byScope[scope] = rules.KeepLast(append(list, c), MaxRecent)
	d.known[key{scope, c.ID}] = struct{}{}
}

// Remove removes and returns the commands of a scope that match.
func (d *Recent) Remove(scope string, match func(Done) bool) (removed []Scoped) {
	var rest []Done
	for _, c := range d.byScope[scope] {
		if match(c) {
			removed = append(removed, Scoped{scope, c})
			delete(d.known, key{scope, c.ID})
		} else {
			rest = append(rest, c)
		}
	}
	if d.byScope[scope] = rest; len(rest) == 0 {
		delete(d.byScope, scope)
	}
	return removed
}

// Forget drops the commands of the scopes that match.
func (d *Recent) Forget(match func(scope string) bool) {
	maps.DeleteFunc(d.byScope, func(scope string, _ []Done) bool { return match(scope) })
	maps.DeleteFunc(d.known, func(k key, _ struct{}) bool { return match(k.scope) })
}

// MarshalJSON implements [json.Marshaler].
func (d Recent) MarshalJSON() ([]byte, error) { return json.Marshal(d.byScope) }

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Recent) UnmarshalJSON(b []byte) error {
	var lists map[string][]Done
	err := json.Unmarshal(b, &lists)
	*d = NewRecent(lists)
	return err
}
