package wire

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// TrimNoise returns a line without what terminals and libraries write at its beginning:
// a byte order mark, escape sequences, white space and control characters. The result
// is part of line.
func TrimNoise(line []byte) []byte {
	for i := 0; i < len(line); {
		if end := escapeAt(line, i); end > i {
			i = end
			continue
		}
		r, size := utf8.DecodeRune(line[i:])
		if r != '\ufeff' && !unicode.IsSpace(r) && !unicode.IsControl(r) {
			return line[i:]
		}
		i += size
	}
	return nil
}

const (
	// maxText is the maximum length of a text before a message, in bytes.
	maxText = 4 << 10
	// maxStarts is how many positions in a line are tried as the start of a message.
	maxStarts = 16
)

// ParseAfterText parses a message at the end of a line, behind another text such as the
// question of a launcher that does not wait for an answer. If there are several, it
// returns the message that begins first. It returns [ErrNotJSON] if there is none.
func ParseAfterText(line []byte) (Message, error) {
	at := 0
	for range maxStarts {
		next := bytes.IndexByte(line[at:min(len(line), maxText)], '{')
		if next < 0 {
			break
		}
		at += next
		if m, err := Parse(line[at:]); err == nil {
			return m, nil
		}
		if at++; at >= maxText {
			break
		}
	}
	return Message{}, ErrNotJSON
}

const (
	escape    = 0x1b
	maxEscape = 512 // maximum length of a sequence, in bytes
)

// escapeAt returns the offset behind the escape sequence (ECMA-48) that begins at i, or
// i if none does. For a sequence that the end of the line truncates, it returns the
// offset behind its introducer.
func escapeAt(line []byte, i int) int {
	if line[i] != escape {
		return i
	}
	if i+1 == len(line) {
		return i + 1
	}
	rest := line[i+2 : min(len(line), i+maxEscape)]
	switch line[i+1] {
	case '[':
		for n, c := range rest {
			if c >= 0x40 && c <= 0x7e {
				return i + 2 + n + 1
			}
			if c < 0x20 || c > 0x7e {
				break
			}
		}
	case ']', 'P', 'X', '^', '_': // a control string with a terminator
		if n := bytes.IndexAny(rest, "\a\x1b"); n >= 0 {
			end := i + 2 + n + 1
			if line[end-1] == escape && end < len(line) && line[end] == '\\' {
				end++
			}
			return end
		}
	default:
		for n, c := range line[i+1 : min(len(line), i+maxEscape)] {
			if c >= 0x30 && c <= 0x7e {
				return i + 1 + n + 1
			}
			if c < 0x20 || c > 0x2f {
				break
			}
		}
	}
	return i + 1
}
