package join

import (
	"regexp"
	"strings"
	"unicode"
)

// escapes are the sequences of ECMA-48 that begin with ESC: control sequences,
// strings up to their terminator, and the short ones. What of a longer one is
// cut off remains as harmless text.
var escapes = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?`)

// Clean takes from a text what could steer a terminal or turn the direction of
// writing: escape sequences, control characters but line end and tab, and the
// bidirectional controls of Unicode UAX #9.
func Clean(text string) string {
	if strings.ContainsRune(text, '\x1b') {
		text = escapes.ReplaceAllString(text, "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// oneLine cleans a text for a place of one line, with at most that many
// characters.
func oneLine(text string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(Clean(text)), " "))
	if len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return string(runes)
}

// indented cleans a text of several lines. The further ones begin with spaces,
// as no line of the program itself does.
func indented(text string) string {
	return strings.ReplaceAll(strings.TrimRight(Clean(text), "\n"), "\n", "\n    ")
}
