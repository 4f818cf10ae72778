package wire

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// TrimNoise returns the part of a line that follows what terminals and
// libraries write without a line feed: a byte order mark, escape sequences,
// white space and other control characters. It allocates nothing.
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
	// maxText is how long the text before a message may be, in bytes.
	maxText = 4 << 10
	// maxStarts is how many places in a line are tried as a message's beginning.
	maxStarts = 16
)

// ParseAfterText looks for a message that ends the line, behind a text such as
// the question of a launcher that waits for no answer. It returns the message
// that begins first, or ErrNotJSON.
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
	maxEscape = 512 // bytes; a longer one is no sequence
)

// escapeAt returns the offset behind the escape sequence (ECMA-48) that begins
// at i, or i if none does. Of one that is cut off by the line's end, only the
// beginning is taken.
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
	case ']', 'P', 'X', '^', '_': // a string up to its terminator
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
