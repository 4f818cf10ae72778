package profile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"
)

// Names of the built-in profiles, which always exist: the demo agent, and the demo agent
// in version 2 of the protocol, which is a preview.
const (
	Demo   = "demo"
	DemoV2 = "demo-v2"
)

// IsBuiltIn reports whether a profile of this name is built in.
func IsBuiltIn(name string) bool { return name == Demo || name == DemoV2 }

// Profile is an agent that the operator has configured: a command that speaks the Agent
// Client Protocol on its standard input and output. Clients choose a profile by its
// name.
type Profile struct {
	// Name identifies the profile. It has up to 64 letters, digits, dots, hyphens and
	// underscores, and begins with a letter or digit.
	Name string
	// Description describes the agent to people, in one line.
	Description string
	// Command is the program, which is looked up in PATH, and its arguments.
	Command []string
	// Env is added to the server's environment. The agent does not get the server's
	// variables whose names begin with PARLEY_.
	Env map[string]string
	// Dir is the working directory of sessions that request none; empty for the
	// server's own.
	Dir string
	// Dirs are the directories inside which clients may choose another working
	// directory; if empty, they may choose one inside Dir.
	Dirs []string
	// AdditionalDirectories are further directories that the agent works on, if it can.
	AdditionalDirectories []string
	// MCPServers are the MCP servers that the agent connects to, if it can.
	MCPServers []MCPServer
	// Mode is the mode in which a new session begins; empty for the agent's own choice.
	Mode string
	// Options are the values of other options with which a new session begins: strings
	// and booleans, by the option's id or category.
	Options map[string]any
	// MaxAgents is how many agents of this profile may run at a time; 0 for no limit of
	// its own.
	MaxAgents int
	// StartTimeout is how long the agent may take until it is ready for a prompt; 0 for
	// the server's setting.
	StartTimeout time.Duration
	// IdleTimeout is the time without use after which the agent is stopped until it is
	// needed again; 0 for the server's setting.
	IdleTimeout time.Duration
}

// Parse parses the short form of a profile, NAME=COMMAND ARGS. It splits the command into
// words as a POSIX shell does, with quotes and backslashes, but treats variables,
// operators and comments as ordinary words. It does not check what [Profile.Faults]
// checks, apart from the name and the command.
func Parse(s string) (Profile, error) {
	name, command, ok := strings.Cut(s, "=")
	if !ok {
		return Profile{}, fmt.Errorf(`%.80q has no command; write NAME="COMMAND ARGS", such as opencode="opencode acp"`, s)
	}
	words, err := SplitCommand(command)
	if err != nil {
		return Profile{}, fmt.Errorf("agent %q: %w", name, err)
	}
	p := Profile{Name: strings.TrimSpace(name), Command: words}
	return p, Check([]Profile{p})
}

// SplitCommand splits a command into words as [Parse] does.
func SplitCommand(command string) ([]string, error) {
	// A file with Windows line ends leaves a carriage return, which does not separate words.
	words, err := shellquote.Split(strings.ReplaceAll(command, "\r", " "))
	if err != nil { // only unbalanced quotes and backslashes are errors
		return nil, errors.New("a quote is open, or a backslash is at the end")
	}
	return words, nil
}
