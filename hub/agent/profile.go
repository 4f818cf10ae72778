package agent

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"
)

// DemoProfile is the name of the profile of the demo agent, which always exists.
const DemoProfile = "demo"

// Profile is an agent that the operator has configured: a command that speaks the Agent
// Client Protocol on its standard input and output. Clients choose a profile by its
// name, and never see more of it than the name and the description.
type Profile struct {
	// Name identifies the profile. It has up to 64 letters, digits, dots, hyphens and
	// underscores, and begins with a letter or digit.
	Name string `json:"name" yaml:"name"`
	// Description describes the agent to people, in one line.
	Description string `json:"description,omitempty" yaml:"description"`
	// Command is the program, which is looked up in PATH, and its arguments.
	Command []string `json:"command" yaml:"command"`
	// Env is added to the server's environment. The agent does not get the server's
	// variables whose names begin with PARLEY_.
	Env map[string]string `json:"env,omitempty" yaml:"env"`
	// Dir is the working directory of sessions that request none; empty for the
	// server's own.
	Dir string `json:"dir,omitempty" yaml:"dir"`
	// Dirs are the directories inside which clients may choose another working
	// directory; if empty, Dir is the only one.
	Dirs []string `json:"dirs,omitempty" yaml:"dirs"`
	// StartTimeout is how long the agent may take until it is ready for a prompt; 0
	// for [Options].StartTimeout.
	StartTimeout time.Duration `json:"startTimeout,omitempty" yaml:"start-timeout"`
}

var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Validate returns an error that says what is wrong with the profile, or nil. It does
// not access the file system.
func (p Profile) Validate() error {
	switch {
	case !profileName.MatchString(p.Name):
		return fmt.Errorf("agent name %.80q: use letters, digits, dots, hyphens and underscores", p.Name)
	case p.Name == DemoProfile:
		return fmt.Errorf("agent name %q is taken by the built-in agent", p.Name)
	case len(p.Command) == 0 || p.Command[0] == "":
		return fmt.Errorf("agent %q: no command", p.Name)
	case p.StartTimeout < 0:
		return fmt.Errorf("agent %q: start-timeout: %s is negative", p.Name, p.StartTimeout)
	}
	for key := range p.Env {
		if key == "" || strings.ContainsAny(key, "=\x00") {
			return fmt.Errorf("agent %q: %q cannot name an environment variable", p.Name, key)
		}
	}
	return nil
}

// ParseProfile parses the short form of a profile, NAME=COMMAND ARGS, and validates it.
// It splits the command into words as a POSIX shell does, with quotes and backslashes,
// but treats variables, operators and comments as ordinary words.
func ParseProfile(s string) (Profile, error) {
	name, command, ok := strings.Cut(s, "=")
	if !ok {
		return Profile{}, fmt.Errorf("agent %.80q: want NAME=COMMAND ARGS", s)
	}
	// A file with Windows line ends leaves a carriage return, which does not separate words.
	words, err := shellquote.Split(strings.ReplaceAll(command, "\r", " "))
	if err != nil { // only unbalanced quotes and backslashes are errors
		return Profile{}, fmt.Errorf("agent %q: %w", name, errOpenQuote)
	}
	p := Profile{Name: strings.TrimSpace(name), Command: words}
	return p, p.Validate()
}

// CheckProfiles returns an error for an invalid profile, one whose directory cannot be
// used, and for two profiles of the same name.
func CheckProfiles(profiles []Profile) error {
	names := make(map[string]bool)
	for _, p := range profiles {
		if err := p.Validate(); err != nil {
			return err
		}
		if names[p.Name] {
			return fmt.Errorf("agent %q is configured twice", p.Name)
		}
		names[p.Name] = true
		if _, err := p.ownDir(); err != nil {
			return fmt.Errorf("agent %q: %w", p.Name, err)
		}
	}
	return nil
}

var errOpenQuote = errors.New("a quote is open, or a backslash is at the end")
