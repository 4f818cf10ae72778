package visible

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Segment is a part of a text: either visible text or one hidden character. Exactly one
// member is set.
type Segment struct {
	Text string `json:"text,omitempty"`

	// Hidden names the character: U+ and at least four upper-case hexadecimal
	// digits, or 0x and two for a byte that is not UTF-8.
	Hidden string `json:"hidden,omitempty"`
}

// Split returns the segments of text in order. Adjacent visible characters form one
// segment, and each hidden character is a segment of its own. Split drops a carriage
// return before a line feed. An empty text has no segments.
func Split(text string) []Segment {
	var segments []Segment
	Each(text, func(s Segment) { segments = append(segments, s) })
	return segments
}

// Count returns the number of hidden characters in text.
func Count(text string) (hidden int) {
	Each(text, func(s Segment) {
		if s.Hidden != "" {
			hidden++
		}
	})
	return hidden
}

// Mark returns text with each hidden character replaced by its name in brackets, such as
// ⟨U+202E⟩. The result contains no hidden characters.
func Mark(text string) string {
	var b strings.Builder
	Each(text, func(s Segment) {
		if b.WriteString(s.Text); s.Hidden != "" {
			b.WriteString("⟨" + s.Hidden + "⟩")
		}
	})
	return b.String()
}

// Each calls f with each segment that [Split] returns, in order.
func Each(text string, f func(Segment)) {
	start := 0 // of the current visible segment
	flush := func(end int) {
		if end > start {
			f(Segment{Text: text[start:end]})
		}
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			flush(at)
			f(Segment{Hidden: fmt.Sprintf("0x%02X", text[at])})
			at++
			start = at
		case r == '\r' && strings.HasPrefix(text[at+1:], "\n"):
			flush(at)
			at++
			start = at
		case !hidden(r):
			at += max(size, emoji(text[at:]))
		case isShapingJoiner(r, text[:at], text[at+size:]):
			at += size
		default:
			flush(at)
			f(Segment{Hidden: fmt.Sprintf("U+%04X", r)})
			at += size
			start = at
		}
	}
	flush(len(text))
}
