package join

import (
	"strings"

	"parley/protocol"
)

// agent shows which agent it is, and how it is set.
func (s *screen) agent(a protocol.Agent) {
	parts := []string{oneLine(a.ProgramName())}
	for _, category := range []string{protocol.CategoryMode, protocol.CategoryModel} {
		if o := a.Option(category); o != nil {
			s.settings[category] = setting(category, o)
			parts = append(parts, s.settings[category])
		}
	}
	if a.Cwd != nil && *a.Cwd != "" {
		parts = append(parts, "in "+oneLine(*a.Cwd))
	}
	if parts[0] == "" {
		parts[0] = "not known by name"
	}
	if len(parts) > 1 || a.Info != nil {
		s.line(dim, "* the agent is %s", strings.Join(parts, ", "))
	}
}

// facts shows what has changed in how the agent is set.
func (s *screen) facts(changed protocol.AgentFacts) {
	for _, category := range []string{protocol.CategoryMode, protocol.CategoryModel} {
		o := changed.Option(category)
		if o == nil {
			continue
		}
		if now := setting(category, o); now != s.settings[category] {
			s.settings[category] = now
			s.line(accent, "* the agent's %s", now)
		}
	}
}

// setting names a mode or model, and what people have to know of it.
func setting(category string, o *protocol.ConfigOption) string {
	now := o.Current()
	text := category + ": " + oneLine(now.Name)
	if now.AsksNobody {
		text += " (it asks nobody for permission)"
	}
	return text
}
