package wire

import (
	"strings"
	"unicode"
)

// Plain returns what an agent or a library wrote as text that people and logs
// can be shown: without escape sequences, with U+FFFD for every other character
// that cannot be seen but for the line feed and the tab, and at most most bytes
// of it, with a mark where it is cut.
func Plain(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.IndexByte(text, escape) >= 0 {
		text = withoutEscapes(text)
	}
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', unicode.IsPrint(r), unicode.Is(unicode.Zs, r):
			return r
		case r == '\r':
			return -1
		}
		return '\uFFFD'
	}, text))
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
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

// Brief is Plain for a word or a sentence.
func Brief(text string) string { return Plain(text, 4<<10) }
