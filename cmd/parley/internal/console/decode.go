package console

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// The sequences with which a terminal marks a paste.
const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// maxEscape is the length in bytes of the longest escape sequence that is decoded.
const maxEscape = 32

// escapeWait is how long the rest of an escape sequence may take to arrive. An ESC that
// nothing follows in that time is the Escape key, which is ignored.
const escapeWait = 100 * time.Millisecond

// decoder decodes the bytes that a terminal sends into keys.
type decoder struct {
	rest    []byte    // an incomplete sequence or character at the end of the last chunk
	since   time.Time // when that chunk arrived
	pasting bool      // whether a paste has begun and not ended
}

// feed decodes what one read of the terminal returned. A line end is text if anything but
// line ends follows it in the same chunk.
func (d *decoder) feed(chunk []byte, at time.Time) (keys []key) {
	if d.pasting && len(chunk) == 1 && chunk[0] == 0x03 {
		d.pasting = false // Ctrl-C ends a paste whose end is missing
	}
	if len(d.rest) > 0 && d.rest[0] == 0x1b && !d.pasting && at.Sub(d.since) > escapeWait {
		d.rest = nil
	}
	in := append(d.rest, chunk...)
	d.rest = nil
	typed := len(bytes.TrimRight(in, "\r\n"))
	for at := 0; at < len(in); {
		k, n := d.next(in[at:], at >= typed)
		if n == 0 {
			d.rest = bytes.Clone(in[at:])
			break
		}
		if at += n; k != nil {
			keys = append(keys, *k)
		}
		if k != nil && k.kind == keyEnter {
			break // ignore further line ends
		}
	}
	d.since = at
	return mergeText(keys)
}

// next decodes the first key of in and returns its length, or 0 if it is incomplete. The
// key is nil if it has no function. last says whether only line ends follow.
func (d *decoder) next(in []byte, last bool) (*key, int) {
	if d.pasting {
		return d.nextPasted(in)
	}
	switch b := in[0]; {
	case b == 0x1b:
		return d.nextEscape(in)
	case b == '\r' || b == '\n':
		if last {
			return &key{kind: keyEnter}, len(in)
		}
		n := 1
		if bytes.HasPrefix(in, []byte("\r\n")) {
			n = 2
		}
		return &key{text: "\n"}, n
	case b == '\t' && len(in) == 1:
		return &key{kind: keyComplete}, 1
	case b == '\t': // a paste that the terminal does not mark
		return &key{text: "\t"}, 1
	case b < 0x20 || b == 0x7f:
		if kind, known := controls[b]; known {
			return &key{kind: kind}, 1
		}
		return nil, 1
	case !utf8.FullRune(in):
		return nil, 0
	}
	r, n := utf8.DecodeRune(in)
	return &key{text: string(r)}, n
}

// nextPasted is next within a paste.
func (d *decoder) nextPasted(in []byte) (*key, int) {
	if end := bytes.Index(in, []byte(pasteEnd)); end >= 0 {
		d.pasting = false // return a key even without text, so that the paste is drawn
		return &key{text: normalizePaste(in[:end])}, end + len(pasteEnd)
	}
	n := len(in)
	for keep := range pasteEnd { // hold back what may be the beginning of the end
		if keep > 0 && bytes.HasSuffix(in, []byte(pasteEnd[:keep])) {
			n = len(in) - keep
		}
	}
	for n > 0 && (in[n-1] == '\r' || !utf8.FullRune(lastRuneStart(in[:n]))) {
		n--
	}
	if n == 0 {
		return nil, 0
	}
	return &key{text: normalizePaste(in[:n])}, n
}

// lastRuneStart returns the bytes from the last one that begins a character.
func lastRuneStart(in []byte) []byte {
	for i := len(in) - 1; i >= max(0, len(in)-utf8.UTFMax); i-- {
		if utf8.RuneStart(in[i]) {
			return in[i:]
		}
	}
	return in
}

// lineEnds turns all line ends into newlines.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// normalizePaste returns pasted bytes as valid UTF-8 with newlines as line ends.
func normalizePaste(in []byte) string {
	return strings.ToValidUTF8(lineEnds.Replace(string(in)), "\ufffd")
}

// nextEscape is next for an escape sequence.
func (d *decoder) nextEscape(in []byte) (*key, int) {
	if len(in) == 1 {
		return nil, 0
	}
	n := 2
	switch in[1] {
	case '\r', '\n': // Alt-Enter
		return &key{text: "\n"}, 2
	case '[', 'O':
		for n < len(in) && n < maxEscape && (in[n] < 0x40 || in[n] > 0x7e) {
			n++
		}
		if n == len(in) && n < maxEscape {
			return nil, 0
		}
		n = min(n+1, len(in))
	case 0x1b:
		return nil, 1
	}
	if string(in[:n]) == pasteBegin {
		d.pasting = true
		return nil, n
	}
	if kind, known := escapeSequences[string(in[1:n])]; known {
		return &key{kind: kind}, n
	}
	return nil, n
}

// mergeText merges adjacent texts.
func mergeText(keys []key) (out []key) {
	var text strings.Builder
	pending := false
	flush := func() {
		if pending {
			out = append(out, key{text: text.String()})
		}
		text.Reset()
		pending = false
	}
	for _, k := range keys {
		if k.kind == keyText {
			text.WriteString(k.text)
			pending = true
			continue
		}
		flush()
		out = append(out, k)
	}
	flush()
	return out
}
