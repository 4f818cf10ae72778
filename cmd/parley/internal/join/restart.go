package join

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

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
