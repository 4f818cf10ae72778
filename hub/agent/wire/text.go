package wire

import (
	"strings"
	"unicode"
)

// maxMasked is how much of a text is searched for secrets, in bytes. What follows
// is cut off.
const maxMasked = 32 << 10

// ForPeople returns what an agent or a library wrote as text that people and logs
// can be shown: with secrets masked, without escape sequences, with U+FFFD for every
// other character that cannot be seen but for the line feed and the tab, and at most
// most bytes of it, with a mark where it is cut. Everything that an agent writes in
// an error, to its standard error or beside its messages goes through it.
func ForPeople[T ~string | ~[]byte](text T, most int) string {
	searched := text[:min(len(text), maxMasked)]
	shown := redact(plain(string(searched)))
	switch {
	case len(shown) > most:
		return strings.ToValidUTF8(shown[:most], "") + "…"
	case len(searched) < len(text):
		// What is left of a word that was cut may be a secret that is not recognized.
		return strings.TrimRightFunc(shown, func(r rune) bool { return !unicode.IsSpace(r) }) + "…"
	}
	return shown
}

// plain takes out what cannot be seen.
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

// Brief is ForPeople for a word or a sentence.
func Brief(text string) string { return ForPeople(text, 4<<10) }
