package settingsfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"parley/hub/agent/profile"
)

// setting is a key of a mapping.
type setting struct {
	want string // what the value has to be
	read func(n *yaml.Node) bool
}

// into returns a setting whose value is decoded into a variable.
func into[T any](to *T, decode func(*yaml.Node) (T, bool), want string) setting {
	return setting{want, func(n *yaml.Node) bool {
		value, ok := decode(n)
		if ok {
			*to = value
		}
		return ok
	}}
}

const (
	wantText     = "a text"
	wantTexts    = "a list of texts, such as [one, two]"
	wantCommand  = "a list of words, such as [opencode, acp]"
	wantPairs    = "a mapping of texts, such as {NAME: value}"
	wantDuration = "a duration, such as 90s, 5m or 1h30m"
	wantNumber   = "a whole number"
)

func (f *File) readAgents(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.SequenceNode {
		f.faults.add(n.Line, "agents: the value is not a list of agents, each with a name and a command")
		return
	}
	names := map[string]bool{}
	for _, item := range n.Content {
		p, lines, ok := f.readAgent(resolve(item))
		if !ok {
			continue
		}
		if p.Name != "" && names[p.Name] {
			f.faults.add(lines.of("name"), "%s", profile.Twice(p.Name))
		}
		names[p.Name] = true
		for _, fault := range p.Faults() {
			if !lines.bad[root(fault.Setting)] {
				f.faults.add(lines.of(fault.Setting), "%s", fault.About(p.Name))
			}
		}
		f.Agents = append(f.Agents, p)
	}
}

// lines are the lines of the settings of an agent, by the names that [profile.Fault] uses.
type lines struct {
	at  map[string]int
	bad map[string]bool // settings with a fault already, which have no value
}

// of returns the line of a setting, or of the nearest setting that contains it.
func (l lines) of(name string) int {
	for name != "" {
		if line, ok := l.at[name]; ok {
			return line
		}
		name = name[:max(0, strings.LastIndexAny(name, ".["))]
	}
	return l.at[""]
}

// root returns the setting that contains a part.
func root(name string) string {
	if i := strings.IndexAny(name, ".["); i >= 0 {
		return name[:i]
	}
	return name
}

// readAgent reads an agent and the lines of its settings.
func (f *File) readAgent(n *yaml.Node) (profile.Profile, lines, bool) {
	var p profile.Profile
	l := lines{map[string]int{"": n.Line}, map[string]bool{}}
	ok := f.readSettings(n, "agents", "", l, map[string]setting{
		"name":                   into(&p.Name, text, wantText),
		"description":            into(&p.Description, text, wantText),
		"command":                into(&p.Command, command, wantCommand),
		"env":                    into(&p.Env, variables, wantPairs),
		"dir":                    into(&p.Dir, text, wantText),
		"dirs":                   into(&p.Dirs, texts, wantTexts),
		"additional-directories": into(&p.AdditionalDirectories, texts, wantTexts),
		"mcp-servers": into(&p.MCPServers, func(n *yaml.Node) ([]profile.MCPServer, bool) {
			return f.readServers(n, l)
		}, "a list of MCP servers, each with a name, and a command or a url"),
		"mode":          into(&p.Mode, text, wantText),
		"options":       into(&p.Options, options, "a mapping of options, such as {model: large}"),
		"max-agents":    into(&p.MaxAgents, number, wantNumber),
		"start-timeout": into(&p.StartTimeout, duration, wantDuration),
		"idle-timeout":  into(&p.IdleTimeout, duration, wantDuration),
	})
	return p, l, ok
}

func (f *File) readServers(n *yaml.Node, l lines) ([]profile.MCPServer, bool) {
	if n.Kind != yaml.SequenceNode {
		return nil, false
	}
	var servers []profile.MCPServer
	for i, item := range n.Content {
		at := fmt.Sprintf("mcp-servers[%d]", i)
		l.at[at] = item.Line
		s, args := profile.MCPServer{}, []string{}
		f.readSettings(resolve(item), "mcp-servers", at, l, map[string]setting{
			"name":    into(&s.Name, text, wantText),
			"type":    into(&s.Type, text, wantText),
			"command": into(&s.Command, command, wantCommand),
			"args":    into(&args, texts, wantTexts),
			"env":     into(&s.Env, variables, wantPairs),
			"url":     into(&s.URL, text, wantText),
			"headers": into(&s.Headers, variables, wantPairs),
		})
		s.Command = append(s.Command, args...)
		servers = append(servers, s)
	}
	return servers, true
}

// readSettings reads the settings of a mapping, and notes their lines below at. what names
// the list that contains the mapping.
func (f *File) readSettings(n *yaml.Node, what, at string, l lines, known map[string]setting) bool {
	entries, ok := entriesOf(n)
	if !ok {
		f.faults.add(n.Line, "%s: the element is not a mapping of settings, such as name: mine", what)
		return false
	}
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	seen := map[string]bool{}
	for _, e := range entries {
		key := kebab(e.name)
		path := strings.TrimPrefix(at+"."+key, ".")
		s, isKnown := known[key]
		switch {
		case !isKnown:
			f.faults.add(e.line, "%s: %q is not a setting%s", what, e.name, didYouMean(key, names))
			continue
		case seen[key]:
			f.faults.add(e.line, "%s: %s is set twice", what, key)
		case !s.read(e.value):
			l.bad[path] = true
			f.faults.add(e.line, "%s: %s: the value is not %s", what, key, s.want)
		}
		seen[key] = true
		l.note(path, e)
	}
	return true
}

// note notes the line of a setting and of its elements.
func (l lines) note(path string, e entry) {
	l.at[path] = e.line
	if e.value.Kind == yaml.SequenceNode {
		for i, item := range e.value.Content {
			l.at[fmt.Sprintf("%s[%d]", path, i)] = item.Line
		}
	}
	if entries, ok := entriesOf(e.value); ok {
		for _, inner := range entries {
			l.at[path+"."+inner.name] = inner.line
		}
	}
}
