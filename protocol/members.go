package protocol

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// eachMember calls member with the name and the value of each member of a JSON
// object, in order. data has to be valid JSON; it returns false for any but an
// object. It is a walk along the bytes, without what encoding/json needs to
// make a map of them.
func eachMember(data []byte, member func(name, value []byte)) bool {
	i := skipSpace(data, 0)
	if data[i] != '{' {
		return false
	}
	for i = skipSpace(data, i+1); data[i] != '}'; {
		end := skipString(data, i)
		name := data[i+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			text, _ := textOf(data[i:end])
			name = []byte(text)
		}
		i = skipSpace(data, skipSpace(data, end)+1) // behind the colon
		end = skipValue(data, i)
		member(name, data[i:end])
		if i = skipSpace(data, end); data[i] == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return true
}

func skipSpace(data []byte, i int) int {
	for data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r' {
		i++
	}
	return i
}

// skipString returns the place behind the string that begins at i.
func skipString(data []byte, i int) int {
	for i++; ; i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// skipValue returns the place behind the value that begins at i.
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
			i++ // of an object or a list
		default:
			i = skipPlain(data, i)
		}
		if depth == 0 {
			return i
		}
	}
}

// skipPlain returns the place behind the number, true, false or null at i.
func skipPlain(data []byte, i int) int {
	for i < len(data) && bytes.IndexByte([]byte(",:]} \t\n\r"), data[i]) < 0 {
		i++
	}
	return i
}

// textOf reads a JSON string. It returns false for any other value, and for
// none.
func textOf(value []byte) (string, bool) {
	if text, ok := plainText(value); ok {
		return text, true
	}
	var text string
	if isNone(value) || json.Unmarshal(value, &text) != nil {
		return "", false
	}
	return text, true
}

// plainText is textOf for a string without an escape.
func plainText(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	inside := value[1 : len(value)-1]
	if bytes.IndexByte(inside, '\\') >= 0 || !utf8.Valid(inside) {
		return "", false
	}
	return string(inside), true
}
