package jsonwalk

import (
	"bytes"
	"encoding/json"
	"iter"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Span is the range of a value in the data, as byte offsets. End is exclusive.
type Span struct{ Start, End int }

// Of returns the bytes of data in the span.
func (s Span) Of(data []byte) []byte { return data[s.Start:s.End] }

// Members yields the name, without quotes and escapes, and the value of each member of
// the object that begins at offset i, in order. It yields nothing for other values.
func Members(data []byte, i int) iter.Seq2[[]byte, Span] {
	return func(yield func(name []byte, value Span) bool) {
		if i = skipSpace(data, i); data[i] != '{' {
			return
		}
		for i = skipSpace(data, i+1); data[i] != '}'; {
			end := skipString(data, i)
			name := unquoted(data[i:end])
			i = skipSpace(data, skipSpace(data, end)+1) // after the colon
			value := Span{i, skipValue(data, i)}
			if !yield(name, value) {
				return
			}
			if i = skipSpace(data, value.End); data[i] == ',' {
				i = skipSpace(data, i+1)
			}
		}
	}
}

// IsObject reports whether the value is an object.
func IsObject(data []byte) bool { return data[skipSpace(data, 0)] == '{' }

// Text decodes a string. It returns false for other values and for empty input.
func Text(value []byte) (string, bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	inside := value[1 : len(value)-1]
	if bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return string(inside), true
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err == nil
}

// LoneSurrogate reports whether valid JSON contains an escape such as \ud83d that is half
// of a surrogate pair without the other half. A decoder replaces every such half by
// U+FFFD, so different texts become equal.
func LoneSurrogate(data []byte) bool {
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 {
			return false
		}
		data = data[i:]
		r := escaped(data)
		if !utf16.IsSurrogate(r) {
			data = data[2:]
			continue
		}
		if data = data[6:]; utf16.DecodeRune(r, escaped(data)) == utf8.RuneError {
			return true
		}
		data = data[6:]
	}
}

// escaped returns the surrogate whose escape data begins with, or -1.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' || data[2]|0x20 != 'd' || data[3] < '8' {
		return -1 // surrogates begin at d800
	}
	unit, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

func unquoted(name []byte) []byte {
	inside := name[1 : len(name)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	text, _ := Text(name)
	return []byte(text)
}

func skipSpace(data []byte, i int) int {
	for data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r' {
		i++
	}
	return i
}

// StringEnd returns the offset after the string that begins at i.
func StringEnd(data []byte, i int) int { return skipString(data, i) }

// ValueEnd returns the offset after the value that begins at i.
func ValueEnd(data []byte, i int) int { return skipValue(data, i) }

// skipString returns the offset after the string that begins at i. It reads no byte more
// than twice, regardless of the number of escapes.
func skipString(data []byte, i int) int {
	quote := i
	for i++; ; {
		if quote < i {
			quote = i + bytes.IndexByte(data[i:], '"')
		}
		escape := bytes.IndexByte(data[i:quote], '\\')
		if escape < 0 {
			return quote + 1
		}
		i += escape + 2
	}
}

// skipValue returns the offset after the value that begins at i.
func skipValue(data []byte, i int) int {
	depth := 0
	for {
		switch data[i] {
		case '"':
			i = skipString(data, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++ // inside an object or a list
			continue
		default:
			i = skipWord(data, i)
		}
		if depth == 0 {
			return i
		}
	}
}

// skipWord returns the offset after the number, true, false or null at i.
func skipWord(data []byte, i int) int {
	for i < len(data) && bytes.IndexByte([]byte(",:]} \t\n\r"), data[i]) < 0 {
		i++
	}
	return i
}
