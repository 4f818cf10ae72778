package agent

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"
)

// DemoProfile is the name of the profile that is always there.
const DemoProfile = "demo"

// Profile is an agent that the operator has configured: a command that speaks
// the Agent Client Protocol on its standard input and output. Clients name a
// profile and never see or give more than the name and the description.
type Profile struct {
	// Name is what clients choose it by: up to 64 letters, digits, dots, hyphens
	// and underscores, the first one a letter or digit.
	Name string `json:"name" yaml:"name"`
	// Description is a line for people.
	Description string `json:"description,omitempty" yaml:"description"`
	// Command is the program, which is looked up in PATH, and its arguments.
	Command []string `json:"command" yaml:"command"`
	// Env is added to the environment of the server. Variables of the server
	// whose names begin with PARLEY_ are not handed on.
	Env map[string]string `json:"env,omitempty" yaml:"env"`
	// Dir is the working directory of sessions that name none; empty for the
	// server's own.
	Dir string `json:"dir,omitempty" yaml:"dir"`
	// Dirs are the directories inside which clients may choose another one; by
	// default, and where the list is empty, those inside Dir.
	Dirs []string `json:"dirs,omitempty" yaml:"dirs"`
	// StartTimeout is how long the agent may take until it is ready for a prompt;
	// zero for the server's setting.
	StartTimeout time.Duration `json:"startTimeout,omitempty" yaml:"start-timeout"`
}

var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Validate reports what is wrong with the profile. It looks at no file.
func (p Profile) Validate() error {
	switch {
	case !profileName.MatchString(p.Name):
		return fmt.Errorf("agent name %.80q: use letters, digits, dots, hyphens and underscores", p.Name)
	case p.Name == DemoProfile:
		return fmt.Errorf("agent name %q is taken by the agent that is built in", p.Name)
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

// ParseProfile parses the short form of a profile, NAME=COMMAND ARGS. It splits
// the command into words as a POSIX shell does. Quotes and backslashes work;
// variables, operators and comments are words like others.
func ParseProfile(s string) (Profile, error) {
	name, command, ok := strings.Cut(s, "=")
	if !ok {
		return Profile{}, fmt.Errorf("agent %.80q: want NAME=COMMAND ARGS", s)
	}
	// A file with Windows line ends leaves a carriage return, which separates no words.
	words, err := shellquote.Split(strings.ReplaceAll(command, "\r", " "))
	if err != nil { // for quotes and backslashes only
		return Profile{}, fmt.Errorf("agent %q: %w", name, errOpenQuote)
	}
	p := Profile{Name: strings.TrimSpace(name), Command: words}
	return p, p.Validate()
}

var errOpenQuote = errors.New("a quote or backslash at the end is open")
