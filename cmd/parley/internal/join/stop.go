package join

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
	"parley/protocol/view"
)

// stopTool carries out /stop-tool: it lists what the agent offers to stop, or stops the
// only one whose name contains the text.
func (s *session) stopTool(ctx context.Context, c command.Command) {
	all := s.screen.story.Stoppables()
	if c.Text == "" {
		s.listStoppables(all)
		return
	}
	one, err := story.Choose(all, c.Text)
	if err != nil {
		s.fail(err)
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.StopWork(ctx, one.ToolCallID, one.TerminalID)
	})
}

func (s *session) listStoppables(all []story.Stoppable) {
	if len(all) == 0 {
		s.screen.line(dim, "* the agent offers to stop nothing by itself; /cancel stops the turn")
		return
	}
	for _, one := range all {
		s.screen.line(dim, "* can be stopped: %s", display.Short(one.Name, 200))
	}
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

// switchAgent carries out /switch-agent: it lists the agents, or switches to one. Since
// that sends the conversation to another agent, it is done only for a line that ends in
// "yes", which the first answer asks for.
func (s *session) switchAgent(ctx context.Context, c command.Command) {
	name, word, _ := strings.Cut(c.Text, " ")
	confirmed := strings.TrimSpace(word) == "yes"
	switch err := s.room.refuseSwitch(name); {
	case err != nil:
		s.fail(err)
	case name == "":
		s.screen.line(dim, "* the agent is %s; /switch-agent NAME continues with one of: %s",
			display.OneLine(s.room.profile()), display.OneLine(strings.Join(s.room.agent.Profiles, ", ")))
	case !confirmed:
		s.screen.line(alert, "? %[1]s takes the place of %[2]s: it is sent what was asked and answered in this session, possibly to another company, and all further prompts; to do this, type /switch-agent %[1]s yes",
			display.OneLine(name), display.OneLine(s.room.profile()))
	default:
		s.startLine(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.SwitchAgent(ctx, name) })
	}
}

// profile returns the name of the agent; empty if it is unknown.
func (r *room) profile() string {
	if r.agent.Profile == nil {
		return ""
	}
	return *r.agent.Profile
}

// refuseSwitch returns why the agent cannot be switched to another one; nil if it can. The
// name is empty if the agents are to be listed.
func (r *room) refuseSwitch(name string) error {
	switch {
	case len(r.agent.Profiles) < 2:
		return errors.New("nothing was done: this session can use no other agent")
	case name != "" && !slices.Contains(r.agent.Profiles, name):
		return fmt.Errorf("nothing was done: no agent is called %q; /switch-agent lists the agents", display.Short(name, 40))
	case name != "" && name == r.profile():
		return fmt.Errorf("nothing was done: %s is the agent of this session", display.Short(name, 40))
	}
	return nil
}

// restartEvent prints an event about a restart of the agent. It returns false for any other
// event.
func (s *screen) restartEvent(r *room, e *protocol.Event) bool {
	switch p := e.Payload.(type) {
	case *protocol.AgentRestarting:
		s.line(accent, "* %s restarts the agent", r.displayName(p.Participant))
	case *protocol.AgentSwitched:
		s.line(accent, "* %s continues with the agent %s instead of %s", r.displayName(p.Participant), display.OneLine(p.To), display.OneLine(p.From))
	default:
		return false
	}
	return true
}
