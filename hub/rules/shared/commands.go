package shared

import (
	"encoding/json"
	"maps"

	"parley/hub/journal"
	"parley/hub/rules"
)

// recentCommands holds the newest commands that were carried out in each scope, to
// recognize repetitions. The JSON is an object with a list for each scope.
type recentCommands struct {
	byScope map[string][]completedCommand // by scope, oldest first; at most maxRecentCommands each

	// derived from the above
	known map[commandKey]struct{} // finds new commands, which are the most frequent, without a search
}

// completedCommand is a command that was carried out.
type completedCommand struct {
	ID     string
	Digest string
	Seq    journal.Seq // the primary event
	Joined string      // the participant, for a join
}

// commandKey identifies a command.
type commandKey struct{ scope, id string }

// maxRecentCommands is how many commands are kept in a scope. A client that reconnects has
// fewer in flight.
const maxRecentCommands = 128

// newRecentCommands returns the commands of these lists, which it takes over.
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

// find returns a command by scope and id.
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

// add adds a command to a scope, and drops the oldest one of a full scope.
func (d *recentCommands) add(scope string, c completedCommand) {
	list := d.byScope[scope]
	if len(list) == maxRecentCommands {
		delete(d.known, commandKey{scope, list[0].ID})
	}
	d.byScope[scope] = rules.KeepLast(append(list, c), maxRecentCommands)
	d.known[commandKey{scope, c.ID}] = struct{}{}
}

// removeMatching removes and returns the commands of a scope that match.
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
