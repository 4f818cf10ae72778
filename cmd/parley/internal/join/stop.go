package join

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/view"
)

// stoppable is a tool call or a terminal that the agent offers to stop.
type stoppable struct {
	name       string
	toolCallID string
	terminalID string
}

// stoppables returns what the agent offers to stop, oldest first.
func (s *story) stoppables() (all []stoppable) {
	for _, row := range s.timeline.Rows() {
		switch r := row.(type) {
		case *view.ToolRow:
			if r.CanStop && r.EndedAt == nil {
				all = append(all, stoppable{name: r.Title, toolCallID: r.ID})
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

func stoppableTerminal(t view.TerminalView) []stoppable {
	if !t.CanStop || t.Exit != nil {
		return nil
	}
	name := "terminal " + t.ID
	if t.Command != nil && *t.Command != "" {
		name = *t.Command
	}
	return []stoppable{{name: name, terminalID: t.ID}}
}

// stopTool carries out /stop-tool: it lists what the agent offers to stop, or stops the
// only one whose name contains the text.
func (s *session) stopTool(ctx context.Context, c command.Command) {
	all := s.screen.story.stoppables()
	if c.Text == "" {
		s.listStoppables(all)
		return
	}
	one, err := chooseStoppable(all, c.Text)
	if err != nil {
		s.fail(err)
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.StopWork(ctx, one.toolCallID, one.terminalID)
	})
}

func (s *session) listStoppables(all []stoppable) {
	if len(all) == 0 {
		s.screen.line(dim, "* the agent offers to stop nothing by itself; /cancel stops the turn")
		return
	}
	for _, one := range all {
		s.screen.line(dim, "* can be stopped: %s", display.Short(one.name, 200))
	}
}

// chooseStoppable returns the only one whose name contains a text.
func chooseStoppable(all []stoppable, text string) (stoppable, error) {
	var found []stoppable
	for _, one := range all {
		if strings.Contains(one.name, text) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return stoppable{}, fmt.Errorf("nothing was done: nothing that can be stopped contains %q; /stop-tool lists it", display.Short(text, 40))
	}
	return stoppable{}, errors.New("nothing was done: several have that in their names; type more of one")
}

// workEvent prints an event about a turn that the agent began without a prompt, or about a
// tool call or terminal that is stopped. It returns false for any other event.
func (s *screen) workEvent(r *room, e *protocol.Event, changes []view.Change) bool {
	switch p := e.Payload.(type) {
	case *protocol.AgentTurnStarted:
		s.line(accent, "* the agent works on its own, without a prompt; prompts wait, and the host can /cancel it")
	case *protocol.AgentTurnCancelled:
		s.line(accent, "* %s cancelled what the agent does on its own", r.displayName(p.Participant))
	case *protocol.AgentTurnEnded:
		how := p.StopReason
		if p.Error != "" {
			how = p.Error
		}
		s.line(dim, "* the agent finished its own work (%s)%s", display.OneLine(how), usageText(changes))
	case *protocol.AgentStopRequested:
		s.line(accent, "* %s asked the agent to stop one of its tools", r.displayName(p.Participant))
	case *protocol.AgentStopRefused:
		s.line(bad, "* the agent does not stop the tool: %s", display.OneLine(p.Reason))
	default:
		return false
	}
	return true
}
