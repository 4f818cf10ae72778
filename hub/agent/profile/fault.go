package profile

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds of a profile.
const (
	maxServers  = 32
	maxDirs     = 32
	maxOptions  = 32
	maxAboutLen = 500
)

// Fault is something that is wrong with a profile.
type Fault struct {
	// Setting names the setting as the settings file does, such as dir or
	// mcp-servers[1].url; the first element of a list is 0.
	Setting string
	// Text says what is wrong, as a predicate or a sentence without a period.
	Text string
}

var (
	validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	envName   = regexp.MustCompile(`^[^=\x00]+$`)
)

// faults gathers what is wrong with a profile.
type faults struct {
	profile string
	list    []Fault
}

func (f *faults) add(setting, format string, args ...any) {
	f.list = append(f.list, Fault{setting, fmt.Sprintf(format, args...)})
}

// Faults returns everything that is wrong with the profile. It looks at the directories
// of the profile.
func (p Profile) Faults() []Fault {
	f := &faults{profile: p.Name}
	switch {
	case p.Name == "":
		f.add("name", "the name is missing")
	case !validName.MatchString(p.Name):
		f.add("name", "agent name %.80q: use letters, digits, dots, hyphens and underscores", p.Name)
	case IsBuiltIn(p.Name):
		f.add("name", "agent name %q is taken by the built-in agent", p.Name)
	}
	if len(p.Command) == 0 || p.Command[0] == "" {
		f.add("command", "no command")
	}
	if len(p.Description) > maxAboutLen || strings.ContainsAny(p.Description, "\n\r") {
		f.add("description", "the description is not one line of at most %d bytes", maxAboutLen)
	}
	f.checkVariables("env", p.Env)
	f.checkDirs(p)
	f.checkServers(p.MCPServers)
	f.checkOptions(p.Options)
	if _, twice := p.Options["mode"]; twice && p.Mode != "" {
		f.add("options.mode", "the mode is also set by mode")
	}
	f.checkDuration("start-timeout", p.StartTimeout)
	f.checkDuration("idle-timeout", p.IdleTimeout)
	if p.MaxAgents < 0 {
		f.add("max-agents", "%d is negative", p.MaxAgents)
	}
	return f.list
}

func (f *faults) checkVariables(setting string, variables map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if !envName.MatchString(name) {
			f.add(setting, "%q cannot name an environment variable", name)
		}
		if strings.Contains(variables[name], "\x00") {
			f.add(setting, "the value of %q contains a null character", name)
		}
	}
}

func (f *faults) checkDirs(p Profile) {
	if _, err := p.ownDir(); err != nil {
		f.add("dir", "%v", err)
	}
	for i, dir := range p.Dirs {
		if _, err := resolveDir(dir); err != nil {
			f.add(element("dirs", i), "directory %q: %s", dir, reason(err))
		}
	}
	if len(p.AdditionalDirectories) > maxDirs {
		f.add("additional-directories", "there are %d; an agent takes at most %d", len(p.AdditionalDirectories), maxDirs)
	}
	for i, dir := range p.AdditionalDirectories {
		if !filepath.IsAbs(dir) {
			f.add(element("additional-directories", i), "directory %q: the path is not absolute", dir)
		} else if _, err := resolveDir(dir); err != nil {
			f.add(element("additional-directories", i), "directory %q: %s", dir, reason(err))
		}
	}
}

func (f *faults) checkServers(servers []MCPServer) {
	if len(servers) > maxServers {
		f.add("mcp-servers", "there are %d; an agent takes at most %d", len(servers), maxServers)
	}
	names := map[string]bool{}
	for i, s := range servers {
		at := element("mcp-servers", i)
		if s.Name != "" && names[s.Name] {
			f.add(at+".name", "MCP server %q is configured twice", s.Name)
		}
		names[s.Name] = true
		s.check(f, at)
	}
}

func (f *faults) checkOptions(options map[string]any) {
	if len(options) > maxOptions {
		f.add("options", "there are %d; an agent takes at most %d", len(options), maxOptions)
	}
	for _, id := range slices.Sorted(maps.Keys(options)) {
		switch options[id].(type) {
		case string, bool:
		default:
			f.add("options."+id, "the value is neither a text nor true or false; put it into quotes if it is a text")
		}
	}
}

func (f *faults) checkDuration(setting string, d time.Duration) {
	if d < 0 {
		f.add(setting, "%s is negative", d)
	}
}

// element returns the name of an element of a setting that is a list.
func element(setting string, i int) string { return fmt.Sprintf("%s[%d]", setting, i) }

// Check returns an error that names everything that is wrong with some profiles,
// including two profiles of the same name. It looks at the directories of the profiles.
func Check(profiles []Profile) error {
	names := map[string]bool{}
	var errs []error
	for _, p := range profiles {
		if names[p.Name] {
			errs = append(errs, errors.New(Twice(p.Name)))
		}
		names[p.Name] = true
		for _, fault := range p.Faults() {
			errs = append(errs, errors.New(fault.About(p.Name)))
		}
	}
	return errors.Join(errs...)
}

// Twice says that two profiles have the same name.
func Twice(name string) string { return fmt.Sprintf("agent %q is configured twice", name) }

// About returns the text of the fault with the name of its profile, and of its setting if
// the text does not name it.
func (f Fault) About(profile string) string {
	switch f.Setting {
	case "name":
		return f.Text
	case "command", "dir", "env", "description":
		return fmt.Sprintf("agent %q: %s", profile, f.Text)
	}
	return fmt.Sprintf("agent %q: %s: %s", profile, f.Setting, f.Text)
}
