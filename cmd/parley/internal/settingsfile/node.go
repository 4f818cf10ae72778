package settingsfile

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"parley/hub/agent/profile"
)

// entry is an entry of a mapping.
type entry struct {
	name  string
	line  int
	value *yaml.Node
}

// entriesOf returns the entries of a mapping, and whether the node is one.
func entriesOf(n *yaml.Node) ([]entry, bool) {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		return nil, false
	}
	var entries []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		entries = append(entries, entry{key.Value, key.Line, resolve(n.Content[i+1])})
	}
	return entries, true
}

// resolve returns the node that an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// kebab returns a key in the form of this file: mcpServers, which other programs use, is
// mcp-servers.
func kebab(key string) string {
	var out strings.Builder
	for i, r := range key {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func contains(list []string, word string) bool { return slices.Contains(list, word) }

// text decodes a text.
func text(n *yaml.Node) (string, bool) {
	return n.Value, n.Kind == yaml.ScalarNode && n.Tag != "!!null"
}

// texts decodes a list of texts.
func texts(n *yaml.Node) ([]string, bool) {
	if n.Kind != yaml.SequenceNode {
		return nil, false
	}
	list := []string{}
	for _, item := range n.Content {
		s, ok := text(resolve(item))
		if !ok {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// command decodes a command: a list of words, or one text that is split as a shell does.
func command(n *yaml.Node) ([]string, bool) {
	if s, ok := text(n); ok {
		words, err := profile.SplitCommand(s)
		return words, err == nil
	}
	return texts(n)
}

// variables decodes a mapping of texts, or a list of mappings with a name and a value.
func variables(n *yaml.Node) (map[string]string, bool) {
	m := map[string]string{}
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			var pair struct{ Name, Value string }
			if item.Decode(&pair) != nil || pair.Name == "" {
				return nil, false
			}
			m[pair.Name] = pair.Value
		}
		return m, true
	}
	entries, ok := entriesOf(n)
	for _, e := range entries {
		s, isText := text(e.value)
		ok = ok && isText
		m[e.name] = s
	}
	return m, ok
}

// options decodes a mapping of texts and booleans.
func options(n *yaml.Node) (map[string]any, bool) {
	entries, ok := entriesOf(n)
	m := map[string]any{}
	for _, e := range entries {
		var v any
		if e.value.Decode(&v) != nil {
			return nil, false
		}
		m[e.name] = v
	}
	return m, ok
}

// duration decodes a duration such as 90s or 1h30m.
func duration(n *yaml.Node) (time.Duration, bool) {
	d, err := time.ParseDuration(n.Value)
	return d, err == nil && n.Kind == yaml.ScalarNode
}

// number decodes a whole number.
func number(n *yaml.Node) (int, bool) {
	var i int
	return i, n.Decode(&i) == nil
}
