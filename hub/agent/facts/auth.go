package facts

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kballard/go-shellquote"

	"parley/protocol"
)

// Invocation says how people can run the agent in a terminal.
type Invocation struct {
	Command   []string // the program and its arguments; empty if people cannot run it
	Variables []string // the variables that its configuration sets, whose values may be secret
}

// method converts a way to sign in. A terminal method runs the agent's own program with
// other arguments.
func (m announcedAuthMethod) method(run Invocation) protocol.AuthMethod {
	id := firstWord(m.ID, m.MethodID)
	out := protocol.AuthMethod{ID: id, Name: firstWord(m.Name, word(id)), Description: string(m.Description), Type: firstWord(m.Type, protocol.AuthByAgent)}
	switch {
	case out.Type == protocol.AuthInTerminal && len(run.Command) > 0:
		out.Command, out.Variables = m.command(run.Command), run.Variables
	case out.Type == protocol.AuthByVariable:
		out.Variables = m.variables()
	}
	return out
}

// variableName matches names that need no quotes in a shell.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// command returns the command that signs in, as a POSIX shell takes it. It is empty if the
// program is not known, since a connector runs it, or if the command has characters that a
// person who copies it cannot see.
func (m announcedAuthMethod) command(program []string) string {
	if len(program) == 0 {
		return ""
	}
	words := slices.Clone(program)
	for _, a := range m.Args {
		words = append(words, string(a))
	}
	command := shellquote.Join(words...)
	env := decodeEnv(m.Env)
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(env))) {
		if !variableName.MatchString(name) {
			return ""
		}
		command = name + "=" + shellquote.Join(env[name]) + " " + command
	}
	if strings.ContainsFunc(command, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return command
}

// variables returns the variables that sign in.
func (m announcedAuthMethod) variables() []string {
	var names []string
	if m.VarName != "" {
		names = append(names, string(m.VarName))
	}
	for _, v := range m.Vars {
		if v.Name != "" {
			names = append(names, string(v.Name))
		}
	}
	return names
}

// decodeEnv decodes variables: an object in version 1, a list in version 2.
func decodeEnv(raw json.RawMessage) map[string]string {
	env := map[string]string{}
	var list listOf[struct{ Name, Value word }]
	if json.Unmarshal(raw, &list) == nil {
		for _, v := range list {
			if v.Name != "" {
				env[string(v.Name)] = string(v.Value)
			}
		}
	}
	var object map[string]word
	if json.Unmarshal(raw, &object) == nil {
		for name, value := range object {
			env[name] = string(value)
		}
	}
	return env
}
