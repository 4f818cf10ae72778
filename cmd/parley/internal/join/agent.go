package join

import (
	"strings"
	"time"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// status prints the status of the agent, with the detail that an agent reports while it
// starts, and how long it has been silent in a turn. When a silent agent continues, the
// server reports the status "idle" in the middle of the turn, which is not printed.
func (s *screen) status(at time.Time, p *protocol.AgentStatusChanged) {
	wasSilent := s.silent
	s.silent = p.SilentSince != nil
	switch {
	case s.silent:
		silence := max(time.Second, at.Sub(*p.SilentSince).Round(time.Second))
		s.line(alert, "* the agent has been silent for %v, since %s; /cancel stops the turn, /stop-agent ends the agent",
			silence, p.SilentSince.Local().Format(time.TimeOnly))
	case wasSilent && p.Status == protocol.AgentIdle:
		s.line(dim, "* the agent is no longer silent")
	default:
		s.line(dim, "* the agent is %s%s", display.OneLine(string(p.Status)), because(&p.Detail))
	}
	if p.StderrTail != nil && strings.TrimSpace(*p.StderrTail) != "" {
		s.line(dim, "%s", display.Block(*p.StderrTail))
	}
}

// resumed prints whether an agent that was started again remembers its session, and what
// it is told if it does not.
func (s *screen) resumed(p *protocol.AgentSession) {
	if p.Continued == protocol.ContinuedNew {
		s.line(alert, "* the agent was restarted and does not remember the conversation%s", because(&p.Reason))
		if p.Recap != "" {
			s.line(dim, "* the agent is told this before the next prompt:")
			s.line(dim, "%s", display.Block(p.Recap))
		}
		return
	}
	s.line(dim, "* the agent was restarted and continues its session")
}

// shownCategories are the settings of an agent that are shown.
var shownCategories = []string{protocol.CategoryMode, protocol.CategoryModel}

// agentInfo prints the program, settings and directory of the agent, as far as they are
// known.
func (s *screen) agentInfo(a protocol.Agent) {
	parts := []string{display.OneLine(a.ProgramName())}
	for _, category := range shownCategories {
		if o := a.Option(category); o != nil {
			s.shownSettings[category] = formatSetting(category, o)
			parts = append(parts, s.shownSettings[category])
		}
	}
	if a.Cwd != nil && *a.Cwd != "" {
		parts = append(parts, "in "+display.OneLine(*a.Cwd))
	}
	if parts[0] == "" {
		parts[0] = "a program without a name"
	}
	if len(parts) > 1 || a.Info != nil {
		s.line(dim, "* the agent is %s", strings.Join(parts, ", "))
	}
	s.notes(a.Notes)
}

// notes prints what the agent lacks of its configuration.
func (s *screen) notes(notes []string) {
	for _, n := range notes {
		s.line(alert, "* %s", display.OneLine(n))
	}
}

// agentChanges prints the settings of the agent that have changed.
func (s *screen) agentChanges(changed protocol.AgentFacts) {
	s.notes(changed.Notes)
	for _, category := range shownCategories {
		o := changed.Option(category)
		if o == nil {
			continue
		}
		if now := formatSetting(category, o); now != s.shownSettings[category] {
			s.shownSettings[category] = now
			s.line(accent, "* the agent's %s", now)
		}
	}
}

// formatSetting formats a mode or a model, with a warning if the agent asks for no
// permission in it.
func formatSetting(category string, o *protocol.ConfigOption) string {
	now := o.Current()
	text := category + ": " + display.OneLine(now.Name)
	if now.AsksNobody {
		text += " (never asks for permission)"
	}
	return text
}
