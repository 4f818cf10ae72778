package story

import (
	"errors"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/protocol/view"
)

// Stoppable is a tool call or a terminal that the agent offers to stop.
type Stoppable struct {
	Name       string
	ToolCallID string
	TerminalID string
}

// Stoppables returns what the agent offers to stop, oldest first.
func (s *Story) Stoppables() (all []Stoppable) {
	for _, row := range s.Timeline.Rows() {
		switch r := row.(type) {
		case *view.ToolRow:
			if r.CanStop && r.EndedAt == nil {
				all = append(all, Stoppable{Name: r.Title, ToolCallID: r.ID})
			}
			for _, t := range r.Terminals {
				all = append(all, stoppableTerminal(t)...)
			}
		case *view.TerminalRow:
			all = append(all, stoppableTerminal(r.Terminal)...)
		}
	}
	return all
}

func stoppableTerminal(t view.TerminalView) []Stoppable {
	if !t.CanStop || t.Exit != nil {
		return nil
	}
	name := "terminal " + t.ID
	if t.Command != nil && *t.Command != "" {
		name = *t.Command
	}
	return []Stoppable{{Name: name, TerminalID: t.ID}}
}

// Choose returns the only one whose name contains a text.
func Choose(all []Stoppable, text string) (Stoppable, error) {
	var found []Stoppable
	for _, one := range all {
		if strings.Contains(one.Name, text) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Stoppable{}, fmt.Errorf("nothing was done: nothing that can be stopped contains %q; /stop-tool lists it", display.Short(text, 40))
	}
	return Stoppable{}, errors.New("nothing was done: several have that in their names; type more of one")
}
