package join

import (
	"fmt"
	"strconv"
	"strings"

	"parley/protocol/visible"
)

// mark makes what cannot be seen in a text visible, and so harmless to a
// terminal. Every text of other participants and of the agent passes it before it is
// printed.
func mark(text string) string { return visible.Mark(text) }

// oneLine marks a text for a place of one line, whole.
func oneLine(text string) string { return strings.Join(strings.Fields(mark(text)), " ") }

// short is oneLine with at most that many characters. What it leaves out is
// shown elsewhere, and the text ends with a mark that says so.
func short(text string, limit int) string {
	runes := []rune(oneLine(text))
	if len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return string(runes)
}

// indented marks a text of several lines. The further ones begin with spaces,
// as no line of the program itself does.
func indented(text string) string {
	return strings.ReplaceAll(strings.TrimRight(mark(text), "\n"), "\n", "\n    ")
}

// block is a text of several lines that are all indented.
func block(text string) string { return "    " + indented(text) }

// hiddenWarning counts what cannot be seen in texts, or is empty. Characters
// that spell something for a model alone are spelt out.
func hiddenWarning(texts ...string) string {
	hidden, tags := 0, ""
	for _, text := range texts {
		hidden += visible.Count(text)
		tags += spelt(text)
	}
	if hidden == 0 {
		return ""
	}
	warning := fmt.Sprintf("\n  ! %s cannot be seen and %s marked above", counted(hidden, "character"), map[bool]string{true: "is", false: "are"}[hidden == 1])
	if tags != "" {
		warning += fmt.Sprintf("; to the agent they also say %q", tags)
	}
	return warning
}

// spelt returns what the hidden tag characters of a text spell.
func spelt(text string) string {
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

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
