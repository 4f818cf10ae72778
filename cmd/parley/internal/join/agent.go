package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/complete"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
	"parley/protocol/view"
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
		s.line(alert, "* the agent has been silent for %v, since %s; /cancel stops the turn, /restart-agent starts the agent again",
			silence, p.SilentSince.Local().Format(time.TimeOnly))
	case wasSilent && p.Status == protocol.AgentIdle:
		s.line(dim, "* the agent is no longer silent")
	case p.Status == protocol.AgentUnresponsive:
		s.line(alert, "* the agent does not stop the turn that was cancelled; /restart-agent ends it and starts it again")
	case p.Asleep && p.Status == protocol.AgentExited:
		s.line(dim, "* the agent sleeps, since nobody used it; the next prompt wakes it")
	case p.Status == protocol.AgentExited:
		s.line(alert, "* the agent has ended%s; the next prompt or /restart-agent starts it again", display.Because(&p.Detail))
	default:
		s.line(dim, "* the agent is %s%s", display.OneLine(string(p.Status)), display.Because(&p.Detail))
	}
	if p.StderrTail != nil && strings.TrimSpace(*p.StderrTail) != "" {
		s.line(dim, "%s", display.Block(*p.StderrTail))
	}
}

// resumed prints whether an agent that was started again remembers its session, and what
// it is told if it does not.
func (s *screen) resumed(p *protocol.AgentSession) {
	if p.History != "" {
		s.line(dim, "* %s", display.HistoryText(p.History))
		return
	}
	if p.Continued == protocol.ContinuedNew {
		s.line(alert, "* the agent was restarted and does not remember the conversation%s", display.Because(&p.Reason))
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
	if a.Connector != nil && a.Connector.DetachedSince != nil {
		s.connector(a.Connector)
	}
	if a.NeedsSignIn {
		s.needsSignIn()
	}
}

// notes prints what the agent lacks of its configuration.
func (s *screen) notes(notes []string) {
	for _, n := range notes {
		s.line(alert, "* %s", display.OneLine(n))
	}
}

// connector prints whether the machine of the agent has a connection to the server.
func (s *screen) connector(c *protocol.AgentConnector) {
	if c.DetachedSince == nil {
		s.line(dim, "* the agent's machine is connected")
		return
	}
	s.line(alert, "* the agent's machine has had no connection since %s; prompts wait", c.DetachedSince.Local().Format(time.TimeOnly))
}

// agentChanges prints the settings of the agent that have changed. changes are those of
// the same event, which contain the options that the agent has set of its own accord.
func (s *screen) agentChanges(changed protocol.AgentFacts, changes []view.Change) {
	s.notes(changed.Notes)
	if changed.Connector != nil {
		s.connector(changed.Connector)
	}
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
	for _, c := range changes {
		row, _ := c.Now.(*view.NoticeRow)
		if row == nil {
			continue
		}
		n, _ := row.Notice.(view.OptionNotice)
		if o := changed.OptionByID(n.OptionID); o != nil && !slices.Contains(shownCategories, o.Category) {
			s.line(accent, "* the agent set %s to %s", display.OneLine(cmp.Or(o.Name, o.ID)), display.OneLine(o.ValueName(n.Value)))
		}
	}
}

// agentFacts prints all that is known of the agent.
func (s *screen) agentFacts(r *room) {
	a := r.agent
	fact := func(name, value string) {
		if value = display.OneLine(value); value != "" {
			s.line(plain, "* %s: %s", name, value)
		}
	}
	fact("agent", a.ProgramName())
	for _, o := range a.ConfigOptions {
		warning := ""
		if o.Category == protocol.CategoryMode && o.Current().AsksNobody {
			warning = " (never asks for permission)"
		}
		fact(display.OneLine(cmp.Or(o.Name, o.ID)), o.ValueName(o.CurrentValue)+warning)
	}
	fact("directory", deref(a.Cwd))
	if c := a.Connector; c != nil && c.DetachedSince == nil {
		fact("machine", "that of the user who shares the agent; connected")
	} else if c != nil {
		fact("machine", "that of the user who shares the agent; no connection since "+c.DetachedSince.Local().Format(time.TimeOnly))
	}
	if u := a.Usage; u != nil && u.Size > 0 {
		fact("context used", fmt.Sprintf("%d of %d tokens, %.0f %%", u.Used, u.Size, 100*float64(u.Used)/float64(u.Size)))
	}
	if u := a.Usage; u != nil && u.Cost != nil && u.Cost.Amount != 0 {
		fact("cost so far", costText(u.Cost.Amount, u.Cost.Currency))
	}
	fact("session", deref(a.SessionTitle))
	if place := s.story.Timeline.LooksAt(); place != nil {
		fact("looks at", toolcall.PlaceText(*place))
	}
	if n := len(a.AvailableCommands); n > 0 {
		fact("commands", fmt.Sprintf("%d; /commands lists them", n))
	}
	s.notes(a.Notes)
	if r.agent.RefusedMode != nil {
		s.promptsWait(r.agent.RefusedMode)
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
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

// explainLine returns the error of a line that is not a command of this client. If it
// begins with a command of the agent, the error says how to send that. The line is not
// sent as a prompt, since the agent can give a command a name that is a likely typing
// error.
func (r *room) explainLine(line string, err error) error {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	for _, c := range r.agent.AvailableCommands {
		if "/"+c.Name == word && complete.IsTypable(c.Name) && !slices.Contains(command.Verbs, command.Verb(word)) {
			return fmt.Errorf("nothing was done: %s is a command of the agent; type /prompt %s", word, display.Short(line, 100))
		}
	}
	return err
}

// commands lists the agent's commands.
func (s *screen) commands(r *room) {
	known := r.agent.AvailableCommands
	if len(known) == 0 {
		s.line(dim, "* the agent has no commands")
		return
	}
	s.line(plain, "* the agent's commands, which are prompts:")
	for _, c := range known {
		s.line(plain, "    /prompt /%s", display.OneLine(strings.Join([]string{c.Name, complete.Note(c)}, "  ")))
	}
	if total := r.agent.AvailableCommandTotal; total != nil && *total > len(known) {
		s.line(dim, "    and %d more", *total-len(known))
	}
}
