package wire

import (
	"strings"
	"unicode"
)

// maxSearched is how many bytes of a text are searched for secrets. The rest is cut
// off.
const maxSearched = 32 << 10

// ForPeople returns a text of an agent or a library in a form that may be logged and
// shown to people: with secrets masked, without escape sequences, and with U+FFFD for
// every other invisible character except line feeds and tabs. If the result is longer
// than maxBytes, it is truncated and ends with "…". All text that an agent writes in an
// error, to its standard error or besides its messages goes through ForPeople.
func ForPeople[T ~string | ~[]byte](text T, maxBytes int) string {
	searched := text[:min(len(text), maxSearched)]
	shown := redact(plain(string(searched)))
	switch {
	case len(shown) > maxBytes:
		return strings.ToValidUTF8(shown[:maxBytes], "") + "…"
	case len(searched) < len(text):
		// The rest of a truncated word may be part of a secret that is not recognized.
		return strings.TrimRightFunc(shown, func(r rune) bool { return !unicode.IsSpace(r) }) + "…"
	}
	return shown
}

// plain removes or replaces invisible characters.
func plain(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.IndexByte(text, escape) >= 0 {
		text = withoutEscapes(text)
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', unicode.IsPrint(r), unicode.Is(unicode.Zs, r):
			return r
		case r == '\r':
			return -1
		}
		return '\uFFFD'
	}, text))
}

// withoutEscapes removes escape sequences.
func withoutEscapes(text string) string {
	line := []byte(text)
	kept := make([]byte, 0, len(line))
	for i := 0; i < len(line); {
		if end := escapeAt(line, i); end > i {
			i = end
			continue
		}
		kept = append(kept, line[i])
		i++
	}
	return string(kept)
}

// Brief is [ForPeople] for a word or a sentence, with a maximum of 4 KiB.
func Brief(text string) string { return ForPeople(text, 4<<10) }
