package console

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// keyKind is what a key does.
type keyKind int

const (
	keyText      keyKind = iota // inserts text
	keyEnter                    // sends the line
	keyBackspace                // erases the character before the cursor
	keyDelete                   // erases the one after it, or ends the input on an empty line
	keyDeleteAt                 // erases the one after it
	keyWordBack                 // erases the word before the cursor
	keyKillBack                 // erases all before the cursor
	keyKill                     // erases all after the cursor
	keyLeft
	keyRight
	keyHome
	keyEnd
	keyUp
	keyDown
	keyClear     // clears the screen
	keyInterrupt // ends the program
	keySuspend   // stops the program, to be continued by the shell
)

// key is a key that was pressed, or text that was typed or pasted.
type key struct {
	kind keyKind
	text string
}

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// maxEscape is the longest escape sequence in bytes that a terminal sends.
const maxEscape = 32

// escapeWait is how long the rest of an escape sequence may take. An ESC that
// nothing follows in that time is the key itself, which does nothing.
const escapeWait = 100 * time.Millisecond

// decoder makes keys of what a terminal sends.
type decoder struct {
	rest    []byte // of the last piece: an unfinished sequence or character
	since   time.Time
	pasting bool
}

var controls = map[byte]keyKind{
	0x01: keyHome, 0x02: keyLeft, 0x03: keyInterrupt, 0x04: keyDelete, 0x05: keyEnd, 0x06: keyRight,
	0x08: keyBackspace, 0x0b: keyKill, 0x0c: keyClear, 0x0e: keyDown, 0x10: keyUp, 0x15: keyKillBack,
	0x17: keyWordBack, 0x1a: keySuspend, 0x7f: keyBackspace,
}

var sequences = map[string]keyKind{
	"[A": keyUp, "[B": keyDown, "[C": keyRight, "[D": keyLeft, "[H": keyHome, "[F": keyEnd,
	"OA": keyUp, "OB": keyDown, "OC": keyRight, "OD": keyLeft, "OH": keyHome, "OF": keyEnd,
	"[1~": keyHome, "[7~": keyHome, "[3~": keyDeleteAt, "[4~": keyEnd, "[8~": keyEnd,
}

// feed takes a piece as one read returned it, and returns the keys in it. A
// line end that more than line ends follow in the same piece is text.
func (d *decoder) feed(piece []byte, at time.Time) (keys []key) {
	if d.pasting && len(piece) == 1 && piece[0] == 0x03 {
		d.pasting = false // a way out of a paste whose end never comes
	}
	if len(d.rest) > 0 && d.rest[0] == 0x1b && !d.pasting && at.Sub(d.since) > escapeWait {
		d.rest = nil
	}
	in := append(d.rest, piece...)
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
			break // further line ends send nothing
		}
	}
	d.since = at
	return joined(keys)
}

// next decodes the first key of in and returns its length: 0 if its end has
// not come. The key is nil if it does nothing.
func (d *decoder) next(in []byte, last bool) (*key, int) {
	if d.pasting {
		return d.pasted(in)
	}
	switch b := in[0]; {
	case b == 0x1b:
		return d.escape(in)
	case b == '\r' || b == '\n':
		if last {
			return &key{kind: keyEnter}, len(in)
		}
		n := 1
		if bytes.HasPrefix(in, []byte("\r\n")) {
			n = 2
		}
		return &key{text: "\n"}, n
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

func (d *decoder) pasted(in []byte) (*key, int) {
	if end := bytes.Index(in, []byte(pasteEnd)); end >= 0 {
		d.pasting = false // and the key is there even without text, so that the paste is drawn
		return &key{text: pastedText(in[:end])}, end + len(pasteEnd)
	}
	n := len(in)
	for keep := range pasteEnd { // what may be the beginning of the end waits
		if keep > 0 && bytes.HasSuffix(in, []byte(pasteEnd[:keep])) {
			n = len(in) - keep
		}
	}
	for n > 0 && (in[n-1] == '\r' || !utf8.FullRune(lastRune(in[:n]))) {
		n--
	}
	if n == 0 {
		return nil, 0
	}
	return &key{text: pastedText(in[:n])}, n
}

// lastRune returns the bytes from the last one that begins a character.
func lastRune(in []byte) []byte {
	for i := len(in) - 1; i >= max(0, len(in)-utf8.UTFMax); i-- {
		if utf8.RuneStart(in[i]) {
			return in[i:]
		}
	}
	return in
}

var pastedLines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func pastedText(in []byte) string {
	return strings.ToValidUTF8(pastedLines.Replace(string(in)), "\ufffd")
}

func (d *decoder) escape(in []byte) (*key, int) {
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
	if kind, known := sequences[string(in[1:n])]; known {
		return &key{kind: kind}, n
	}
	return nil, n
}

// joined makes neighbouring texts one.
func joined(keys []key) (out []key) {
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
