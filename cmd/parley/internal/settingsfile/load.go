package settingsfile

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"parley/hub/agent/profile"
)

// maxBytes is the maximum size of a file.
const maxBytes = 1 << 20

// File is the content of a settings file.
type File struct {
	Agents []profile.Profile

	path   string
	flags  map[string]flag
	faults Faults
}

// flag is the value of a flag in a file.
type flag struct {
	values []string
	line   int
}

// agentsKey is the key of the file that is not the name of a flag.
const agentsKey = "agents"

// Load reads a file, in which the given flags can be set. If anything is wrong with the
// file, it returns a [*Faults]. The caller sets the flags with [File.Values], and reports a
// value that a flag refuses with [File.Refuse].
func Load(path string, flags []string) (*File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the settings file: %w", err)
	}
	f := &File{path: path, flags: map[string]flag{}, faults: Faults{path: path}}
	if len(content) > maxBytes {
		f.faults.add(0, "the file has more than %d KiB", maxBytes>>10)
		return f, f.faults.err()
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		line, text := position(err)
		f.faults.add(line, "%s", text)
		return f, f.faults.err()
	}
	if len(document.Content) > 0 {
		f.read(document.Content[0], flags)
	}
	return f, nil
}

// Err returns everything that is wrong with the file; nil if nothing is.
func (f *File) Err() error { return f.faults.err() }

// Values returns the values of a flag; nil if the file does not set it.
func (f *File) Values(name string) []string { return f.flags[name].values }

// Refuse adds a fault about the value of a flag.
func (f *File) Refuse(name string, err error) { f.faults.add(f.flags[name].line, "%s: %v", name, err) }

func (f *File) read(top *yaml.Node, flags []string) {
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return
	}
	entries, ok := entriesOf(top)
	if !ok {
		f.faults.add(top.Line, "the file is not a mapping of settings, such as: listen: 127.0.0.1:7777")
		return
	}
	known := append([]string{agentsKey}, flags...)
	seen := map[string]bool{}
	for _, e := range entries {
		switch {
		case seen[e.name]:
			f.faults.add(e.line, "%s is set twice", e.name)
		case e.name == agentsKey:
			f.readAgents(e.value)
		case contains(flags, e.name):
			f.readFlag(e)
		default:
			f.faults.add(e.line, "%q is not a setting%s", e.name, didYouMean(e.name, known))
		}
		seen[e.name] = true
	}
}

// readFlag reads a scalar, or a list of scalars.
func (f *File) readFlag(e entry) {
	values, ok := []string{}, true
	switch e.value.Kind {
	case yaml.ScalarNode:
		values = append(values, e.value.Value)
	case yaml.SequenceNode:
		for _, item := range e.value.Content {
			ok = ok && item.Kind == yaml.ScalarNode
			values = append(values, item.Value)
		}
	default:
		ok = false
	}
	if !ok {
		f.faults.add(e.line, "%s: the value is neither a text nor a list of texts", e.name)
		return
	}
	f.flags[e.name] = flag{values, e.line}
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// position returns the line of a syntax error and its text; the line is 0 if the error
// does not name it.
func position(err error) (int, string) {
	text := err.Error()
	match := yamlLine.FindStringSubmatch(text)
	if match == nil {
		return 0, strings.TrimPrefix(text, "yaml: ")
	}
	line, convErr := strconv.Atoi(match[1])
	return line, errors.Join(convErr, errors.New(text[len(match[0]):])).Error()
}
