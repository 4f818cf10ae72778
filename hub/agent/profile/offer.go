package profile

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"

	"parley/hub/agent/known"
	"parley/protocol"
)

// Offer returns the agents that can be started: the configured profiles, then known agents
// that are installed and not configured, and at last the demo agent in both versions of
// the protocol. It also returns the
// known agents that could be started if they were installed. finder may be nil.
func Offer(profiles []Profile, finder *known.Finder) protocol.AgentsAnswer {
	return protocol.AgentsAnswer{Agents: offer(profiles, finder), Missing: missing(profiles, finder)}
}

func offer(profiles []Profile, finder *known.Finder) []protocol.AgentProfile {
	list := make([]protocol.AgentProfile, 0, len(profiles)+1)
	for _, p := range profiles {
		list = append(list, p.offer(protocol.SourceConfigured))
	}
	for _, a := range finder.Find() {
		if a.Run != nil && !isConfigured(profiles, a.Name) {
			list = append(list, profileOf(a).offer(protocol.SourceInstalled))
		}
	}
	return append(list,
		protocol.AgentProfile{Name: Demo, Title: "Demo agent", Source: protocol.SourceBuiltIn,
			Description: "Built in, without a model: demonstrates what an agent does. Say help."},
		protocol.AgentProfile{Name: DemoV2, Title: "Demo agent (protocol preview)", Source: protocol.SourceBuiltIn,
			Description: "The demo agent in the preview version 2 of the protocol: also works in the background. Say help."})
}

func missing(profiles []Profile, finder *known.Finder) []protocol.MissingAgent {
	list := []protocol.MissingAgent{}
	for _, a := range finder.Find() {
		if a.Run != nil || isConfigured(profiles, a.Name) {
			continue
		}
		list = append(list, protocol.MissingAgent{
			Name: a.Name, Title: a.Title, Install: a.Install, Npx: shellquote.Join(a.WithoutInstalling...),
			SignIn: a.SignIn, Docs: a.Docs,
		})
	}
	return list
}

func isConfigured(profiles []Profile, name string) bool {
	return slices.ContainsFunc(profiles, func(p Profile) bool { return p.Name == name })
}

// profileOf returns the profile of a known agent that is installed.
func profileOf(a known.Found) Profile {
	about := a.Title + ", installed on the server's machine"
	if a.Run[0] != a.Command[0] {
		about = a.Title + ", by an adapter that " + a.Run[0] + " downloads when it is first used"
	}
	return Profile{Name: a.Name, Description: about, Command: a.Run}
}

// offer returns what clients learn about the profile.
func (p Profile) offer(source protocol.AgentSource) protocol.AgentProfile {
	offered := protocol.AgentProfile{Name: p.Name, Description: p.Description, Source: source}
	if a, ok := p.known(); ok {
		offered.Title, offered.SignIn = a.Title, a.SignIn
	}
	if own, roots, err := p.WorkingDirs(); err == nil {
		offered.Cwd, offered.OtherCwd = own, len(roots) > 0
	}
	return offered
}

// SignIn returns the command that signs in to the agent; empty if it is unknown.
func (p Profile) SignIn() string {
	a, _ := p.known()
	return a.SignIn
}

// known returns the known agent that the profile runs, and whether it runs one. A profile
// that uses npx names the agent's package, possibly with a version.
func (p Profile) known() (known.Agent, bool) {
	for _, a := range known.Agents() {
		program := len(p.Command) > 0 && BaseName(p.Command[0]) == a.Command[0]
		if program || slices.ContainsFunc(p.Command, func(word string) bool { return isPackage(word, a.Package) }) {
			return a, true
		}
	}
	return known.Agent{}, false
}

// BaseName returns the name of a program without its directory and extension.
func BaseName(command string) string {
	return strings.TrimSuffix(filepath.Base(command), filepath.Ext(command))
}

// isPackage reports whether a word names an npm package, with or without a version.
func isPackage(word, name string) bool {
	rest, ok := strings.CutPrefix(word, name)
	return name != "" && ok && (rest == "" || rest[0] == '@')
}

// Find returns the profile of a name: a configured one, or that of a known agent that is
// installed.
func Find(profiles []Profile, finder *known.Finder, name string) (Profile, bool) {
	if i := slices.IndexFunc(profiles, func(p Profile) bool { return p.Name == name }); i >= 0 {
		return profiles[i], true
	}
	if a, ok := finder.Agent(name); ok && a.Run != nil {
		return profileOf(a), true
	}
	return Profile{}, false
}
