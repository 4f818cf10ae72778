package join

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// diffs returns the diffs in a call's content.
func diffs(list []content) (found []content) {
	for _, c := range list {
		if c.Type == "diff" {
			found = append(found, c)
		}
	}
	return found
}

// diffText is a whole diff, as lines with their context.
func diffText(d content) string {
	before, name := "", d.Path
	if d.OldText == nil {
		name += " (a new file)"
	} else {
		before = *d.OldText
	}
	text := diff.Diff("a", []byte(before), "b", []byte(d.NewText))
	lines := strings.SplitN(string(text), "\n", 4) // diff a b, --- a, +++ b
	if len(lines) < 4 {
		return name + ": nothing changes"
	}
	return name + "\n" + lines[3]
}

// dropSeen takes away the members of the raw input that say what a diff shows.
func (c toolCall) dropSeen(rest map[string]json.RawMessage) {
	for _, d := range diffs(c.Content) {
		texts := map[string]string{}
		for name, raw := range rest {
			var text string
			if json.Unmarshal(raw, &text) == nil {
				texts[name] = text
			}
		}
		for _, name := range d.shows(texts) {
			delete(rest, name)
		}
	}
}

// shows returns the names of the texts that say nothing beside the diff: its
// path, all of the text before or after, the same change as a patch, or as a
// pair of an old and a new part of which one takes the place of the other.
func (c content) shows(texts map[string]string) (names []string) {
	before := ""
	if c.OldText != nil {
		before = *c.OldText
	}
	old, fresh := "", ""
	for name, text := range texts {
		switch plain := strings.ToLower(strings.ReplaceAll(name, "_", "")); {
		case text == c.Path, text == before, text == c.NewText, c.isPatch(text):
			names = append(names, name)
		case strings.HasPrefix(plain, "old"):
			old = name
		case strings.HasPrefix(plain, "new"):
			fresh = name
		}
	}
	if old != "" && fresh != "" && texts[old] != "" &&
		(strings.Replace(before, texts[old], texts[fresh], 1) == c.NewText || strings.ReplaceAll(before, texts[old], texts[fresh]) == c.NewText) {
		names = append(names, old, fresh)
	}
	return names
}

// isPatch reports whether text is a patch of the diff's file alone that removes
// and adds the same lines.
func (c content) isPatch(text string) bool {
	removed, added, ok := c.changes(text)
	_, hunks, _ := strings.Cut(diffText(c), "\n")
	otherRemoved, otherAdded, _ := c.changes(hunks)
	return ok && len(removed)+len(added) > 0 && slices.Equal(removed, otherRemoved) && slices.Equal(added, otherAdded)
}

// changes returns the lines that a patch removes and adds. It is not ok if it is
// anything but a patch of this file.
func (c content) changes(patch string) (removed, added []string, ok bool) {
	hunks := false
	for line := range strings.SplitSeq(strings.TrimSuffix(patch, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "@@"):
			hunks = true
		case !hunks && c.heads(line), hunks && line == "", hunks && strings.ContainsAny(line[:1], " \\"):
		case hunks && line[0] == '-':
			removed = append(removed, line[1:])
		case hunks && line[0] == '+':
			added = append(added, line[1:])
		default:
			return nil, nil, false
		}
	}
	return removed, added, true
}

// heads reports whether a line of a patch before its hunks names this file and
// nothing else.
func (c content) heads(line string) bool {
	if strings.Trim(line, "=") == "" {
		return true
	}
	for _, prefix := range []string{"Index: ", "--- ", "+++ "} {
		if name, ok := strings.CutPrefix(line, prefix); ok {
			name, _, _ = strings.Cut(name, "\t")
			short := strings.TrimPrefix(c.Path, "/")
			return slices.Contains([]string{c.Path, "a/" + short, "b/" + short, "/dev/null"}, name)
		}
	}
	return false
}
