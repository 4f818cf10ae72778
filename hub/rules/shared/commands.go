package shared

import (
	"encoding/json"
	"maps"

	"parley/hub/journal"
)

// recentCommands are the last commands that were carried out in each scope. The JSON is
// a list for each scope.
type recentCommands struct {
	byScope map[string][]completedCommand // by scope, oldest first; at most maxRecentCommands each

	// derived from the above
	known map[commandKey]struct{} // finds out without a search that a command is new, as nearly every one is
}

// completedCommand is a command that was carried out.
type completedCommand struct {
	ID     string
	Digest string
	Seq    journal.Seq // the primary event
	Joined string      // the participant, for a join
}

type commandKey struct{ scope, id string }

// maxRecentCommands is how many commands are remembered in a scope: more than a client
// that reconnects has in flight.
const maxRecentCommands = 128

func newRecentCommands(lists map[string][]completedCommand) recentCommands {
	d := recentCommands{byScope: lists, known: map[commandKey]struct{}{}}
	if lists == nil {
		d.byScope = map[string][]completedCommand{}
	}
	for scope, list := range lists {
		for _, c := range list {
			d.known[commandKey{scope, c.ID}] = struct{}{}
		}
	}
	return d
}

func (d *recentCommands) find(scope, id string) (found completedCommand, ok bool) {
	if _, known := d.known[commandKey{scope, id}]; known {
		for _, c := range d.byScope[scope] {
			if c.ID == id {
				return c, true
			}
		}
	}
	return completedCommand{}, false
}

func (d *recentCommands) add(scope string, c completedCommand) {
	list := d.byScope[scope]
	if len(list) == maxRecentCommands {
		delete(d.known, commandKey{scope, list[0].ID})
	}
	d.byScope[scope] = keepLast(append(list, c), maxRecentCommands)
	d.known[commandKey{scope, c.ID}] = struct{}{}
}

// removeMatching removes the commands of a scope that match, and returns them.
func (d *recentCommands) removeMatching(scope string, match func(completedCommand) bool) (removed []completedCommand) {
	var rest []completedCommand
	for _, c := range d.byScope[scope] {
		if match(c) {
			removed = append(removed, c)
			delete(d.known, commandKey{scope, c.ID})
		} else {
			rest = append(rest, c)
		}
	}
	if d.byScope[scope] = rest; len(rest) == 0 {
		delete(d.byScope, scope)
	}
	return removed
}

// forget drops the commands of the scopes that match.
func (d *recentCommands) forget(match func(scope string) bool) {
	maps.DeleteFunc(d.byScope, func(scope string, _ []completedCommand) bool { return match(scope) })
	maps.DeleteFunc(d.known, func(k commandKey, _ struct{}) bool { return match(k.scope) })
}

// MarshalJSON implements [json.Marshaler].
func (d recentCommands) MarshalJSON() ([]byte, error) { return json.Marshal(d.byScope) }

// UnmarshalJSON implements [json.Unmarshaler].
func (d *recentCommands) UnmarshalJSON(b []byte) error {
	var lists map[string][]completedCommand
	err := json.Unmarshal(b, &lists)
	*d = newRecentCommands(lists)
	return err
}
