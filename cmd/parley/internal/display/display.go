package display

import (
	"fmt"
	"strconv"
	"strings"

	"parley/protocol/visible"
)

// indent begins the further lines of a text.
const indent = "    "

// Mark makes the characters of a text that cannot be seen visible, and so harmless to a
// terminal.
func Mark(text string) string { return visible.Mark(text) }

// OneLine marks a text and joins its lines.
func OneLine(text string) string { return strings.Join(strings.Fields(Mark(text)), " ") }

// Short is [OneLine] with at most limit characters. A text that is cut ends with "…";
// callers show the whole text elsewhere.
func Short(text string, limit int) string {
	runes := []rune(OneLine(text))
	if len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return string(runes)
}

// Indent marks a text and indents all lines but the first.
func Indent(text string) string {
	return strings.ReplaceAll(strings.TrimRight(Mark(text), "\n"), "\n", "\n"+indent)
}

// Block marks a text and indents all lines.
func Block(text string) string { return indent + Indent(text) }

// HiddenWarning returns a line, beginning with a newline, that counts the characters in
// texts that cannot be seen. It spells out the tag characters, which only a model can
// read. It returns an empty string if all characters can be seen.
func HiddenWarning(texts ...string) string {
	hidden, tags := 0, ""
	for _, text := range texts {
		hidden += visible.Count(text)
		tags += spellTags(text)
	}
	if hidden == 0 {
		return ""
	}
	warning := "\n  ! 1 character cannot be seen and is marked above"
	if hidden > 1 {
		warning = fmt.Sprintf("\n  ! %d characters cannot be seen and are marked above", hidden)
	}
	if tags != "" {
		warning += fmt.Sprintf("; to the agent they also say %q", tags)
	}
	return warning
}

// spellTags returns the ASCII text that the hidden tag characters of a text spell.
func spellTags(text string) string {
	var b strings.Builder
	visible.Each(text, func(s visible.Segment) {
		if digits, tag := strings.CutPrefix(s.Hidden, "U+E00"); tag {
			if r, err := strconv.ParseUint(digits, 16, 8); err == nil && r >= ' ' && r <= '~' {
				b.WriteByte(byte(r))
			}
		}
	})
	return b.String()
}

// Because returns a reason in parentheses, after a space, or an empty string if there is none.
func Because(reason *string) string {
	if reason == nil || *reason == "" {
		return ""
	}
	return " (" + OneLine(*reason) + ")"
}
