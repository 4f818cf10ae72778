package brief

import "unicode/utf8"

// Text returns the longest prefix of whole characters that takes at most limit
// bytes in JSON. It does not read the rest of the text.
func Text(text string, limit int) (prefix string, cut bool) {
	size := 0
	for i, r := range text {
		if size += encodedRuneSize(r); size > limit {
			return text[:i], true
		}
	}
	return text, false
}

// encodedRuneSize returns about how many bytes a character takes in JSON.
func encodedRuneSize(r rune) int {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '"', r == '\\':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	}
	return utf8.RuneLen(r)
}

// TextSize returns about how many bytes a text takes in JSON, without the quotation
// marks.
func TextSize(text string) int {
	size := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n', c == '\t', c == '\r', c == '"', c == '\\':
			size++
		case c < ' ':
			size += len(`\u0000`) - 1
		}
	}
	return size
}
