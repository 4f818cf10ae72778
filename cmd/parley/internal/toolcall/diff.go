package toolcall

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"parley/protocol/view"
)

// diffsIn returns what shows changes of files in a call's content.
func diffsIn(list []Content) (found []Content) {
	for _, c := range list {
		if c.diffs {
			found = append(found, c)
		}
	}
	return found
}

// diffText formats a whole diff as the file's path and unified hunks.
func diffText(d view.ToolContent) string {
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

// removeShown removes the members of the raw input that a diff of the call shows.
func (c Call) removeShown(input map[string]json.RawMessage) {
	for _, part := range c.Content {
		if part.diff == nil {
			continue
		}
		d := fileDiff(*part.diff)
		texts := map[string]string{}
		for name, raw := range input {
			var text string
			if json.Unmarshal(raw, &text) == nil {
				texts[name] = text
			}
		}
		for _, name := range d.shownTexts(texts) {
			delete(input, name)
		}
	}
}

// fileDiff is a diff of one file.
type fileDiff view.ToolContent

// shownTexts returns the names of the texts that a diff shows: its path, the whole text
// before or after, the same change as a patch, and a pair of an old and a new part if
// replacing one by the other is the change.
func (c fileDiff) shownTexts(texts map[string]string) (names []string) {
	before := ""
	if c.OldText != nil {
		before = *c.OldText
	}
	oldPart, newPart := "", ""
	for name, text := range texts {
		switch plain := strings.ToLower(strings.ReplaceAll(name, "_", "")); {
		case text == c.Path, text == before, text == c.NewText, c.isPatch(text):
			names = append(names, name)
		case strings.HasPrefix(plain, "old"):
			oldPart = name
		case strings.HasPrefix(plain, "new"):
			newPart = name
		}
	}
	if oldPart != "" && newPart != "" && texts[oldPart] != "" &&
		(strings.Replace(before, texts[oldPart], texts[newPart], 1) == c.NewText || strings.ReplaceAll(before, texts[oldPart], texts[newPart]) == c.NewText) {
		names = append(names, oldPart, newPart)
	}
	return names
}

// isPatch reports whether text is a patch of the diff's file only, and removes and adds
// the same lines as the diff.
func (c fileDiff) isPatch(text string) bool {
	removed, added, ok := c.changedLines(text)
	_, hunks, _ := strings.Cut(diffText(view.ToolContent(c)), "\n")
	otherRemoved, otherAdded, _ := c.changedLines(hunks)
	return ok && len(removed)+len(added) > 0 && slices.Equal(removed, otherRemoved) && slices.Equal(added, otherAdded)
}

// changedLines returns the lines that a patch removes and adds. ok is false if the text is
// not a patch of this file only.
func (c fileDiff) changedLines(patch string) (removed, added []string, ok bool) {
	inHunk := false
	for line := range strings.SplitSeq(strings.TrimSuffix(patch, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "@@"):
			inHunk = true
		case !inHunk && c.isPatchHeader(line), inHunk && line == "", inHunk && strings.ContainsAny(line[:1], " \\"):
		case inHunk && line[0] == '-':
			removed = append(removed, line[1:])
		case inHunk && line[0] == '+':
			added = append(added, line[1:])
		default:
			return nil, nil, false
		}
	}
	return removed, added, true
}

// isPatchHeader reports whether a line before the hunks of a patch is a separator or names
// this file.
func (c fileDiff) isPatchHeader(line string) bool {
	if strings.Trim(line, "=") == "" {
		return true
	}
	for _, prefix := range []string{"Index: ", "--- ", "+++ "} {
		if name, ok := strings.CutPrefix(line, prefix); ok {
			name, _, _ = strings.Cut(name, "\t")
			path := strings.TrimPrefix(c.Path, "/")
			return slices.Contains([]string{c.Path, "a/" + path, "b/" + path, "/dev/null"}, name)
		}
	}
	return false
}
