package visible

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Segment is a piece of a text: either Text, which is seen as it stands, or
// one hidden character.
type Segment struct {
	Text string `json:"text,omitempty"`

	// Hidden names the character: U+ and at least four upper-case hexadecimal
	// digits, or 0x and two for a byte that is not UTF-8.
	Hidden string `json:"hidden,omitempty"`
}

// Split takes text apart, in its order. Neighbouring visible characters are
// one segment, a carriage return before a line feed is left out, and each
// hidden character is a segment of its own. An empty text has no segments.
func Split(text string) []Segment {
	var segments []Segment
	Each(text, func(s Segment) { segments = append(segments, s) })
	return segments
}

// Count returns how many characters of text are hidden.
func Count(text string) (hidden int) {
	Each(text, func(s Segment) {
		if s.Hidden != "" {
			hidden++
		}
	})
	return hidden
}

// Mark returns text with each hidden character replaced by its name in
// brackets, such as ⟨U+202E⟩. What it returns hides nothing.
func Mark(text string) string {
	var b strings.Builder
	Each(text, func(s Segment) {
		if b.WriteString(s.Text); s.Hidden != "" {
			b.WriteString("⟨" + s.Hidden + "⟩")
		}
	})
	return b.String()
}

// Each calls f with the segments that [Split] returns.
func Each(text string, f func(Segment)) {
	seen := 0 // where the visible segment under way begins
	flush := func(end int) {
		if end > seen {
			f(Segment{Text: text[seen:end]})
		}
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			flush(at)
			f(Segment{Hidden: fmt.Sprintf("0x%02X", text[at])})
			at++
			seen = at
		case r == '\r' && strings.HasPrefix(text[at+1:], "\n"):
			flush(at)
			at++
			seen = at
		case !hidden(r):
			at += max(size, emoji(text[at:]))
		case isShapingJoiner(r, text[:at], text[at+size:]):
			at += size
		default:
			flush(at)
			f(Segment{Hidden: fmt.Sprintf("U+%04X", r)})
			at += size
			seen = at
		}
	}
	flush(len(text))
}
