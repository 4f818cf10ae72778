package wire

import (
	"bytes"
	"encoding/json"
	"iter"
)

// A span is a piece of a line, as offsets. The functions below walk JSON that
// json.Valid has accepted and therefore check nothing; they do not recurse, so
// that deep nesting costs no stack.
type span struct{ start, end int }

func (s span) of(line []byte) []byte { return line[s.start:s.end] }

// members yields key and value of each member of the object that begins at i.
func members(line []byte, i int) iter.Seq2[span, span] {
	return func(yield func(key, value span) bool) {
		for i++; ; i++ { // over the brace, or the comma
			i = skipSpace(line, i)
			if line[i] == '}' {
				return
			}
			key := span{i, skipString(line, i)}
			i = skipSpace(line, key.end) + 1 // over the colon
			i = skipSpace(line, i)
			value := span{i, skipValue(line, i)}
			if !yield(key, value) {
				return
			}
			i = skipSpace(line, value.end)
			if line[i] == '}' {
				return
			}
		}
	}
}

// skipSpace returns where the next token begins, or the line's end.
func skipSpace(line []byte, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || line[i] == '\n' || line[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the offset after the string that begins at i. It looks at
// no byte more than twice, however many escapes there are.
func skipString(line []byte, i int) int {
	quote := i
	for i++; ; {
		if quote < i {
			quote = i + bytes.IndexByte(line[i:], '"')
		}
		escape := bytes.IndexByte(line[i:quote], '\\')
		if escape < 0 {
			return quote + 1
		}
		i += escape + 2
	}
}

// skipValue returns the offset after the value that begins at i.
func skipValue(line []byte, i int) int {
	depth := 0
	for {
		switch line[i] {
		case '"':
			i = skipString(line, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++ // only inside of a container
			continue
		default:
			i = skipWord(line, i)
		}
		if depth == 0 {
			return i
		}
	}
}

// skipWord returns the offset after the number or literal that begins at i.
func skipWord(line []byte, i int) int {
	for i < len(line) && bytes.IndexByte([]byte(",:]} \t\n\r"), line[i]) < 0 {
		i++
	}
	return i
}

// text decodes a JSON string; anything else is the empty string.
func text(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}
