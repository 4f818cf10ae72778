package toolcall

import (
	"crypto/sha256"
	"hash"
	"regexp"
	"strings"
)

// The bounds of an [Output], in bytes.
const (
	MaxShownOutput = 16 << 10 // shown as it arrives
	MaxKeptOutput  = 1 << 20  // kept, to be shown on request
)

// Output is what a tool call has printed, without escape sequences. The zero value is an
// empty output.
type Output struct {
	Listed bool // whether it can be shown on request, under a number

	size     int             // bytes that have arrived
	kept     strings.Builder // the beginning, up to MaxKeptOutput
	all      hash.Hash       // of everything that has arrived, to recognise a repetition of it
	sequence string          // an incomplete escape sequence at the end
	cr       string          // a carriage return at the end
	style    Style           // in which the next text is shown
}

// Size returns the number of bytes that have arrived.
func (o *Output) Size() int { return o.size }

// Kept returns the text, up to [MaxKeptOutput].
func (o *Output) Kept() string { return o.kept.String() }

// KeptSize returns the size of the kept text in bytes.
func (o *Output) KeptSize() int { return o.kept.Len() }

// IsTruncated reports whether the text is longer than [MaxShownOutput].
func (o *Output) IsTruncated() bool { return o.kept.Len() > MaxShownOutput }

// Run is a text in one style.
type Run struct {
	Style Style
	Text  string
}

// Append adds text that has arrived, and returns the part to show now.
func (o *Output) Append(text string) (runs []Run) {
	if o.all == nil {
		o.all = sha256.New()
	}
	o.all.Write([]byte(text))
	o.size += len(text)
	text = o.sequence + text
	at := sequenceStart(text)
	text, o.sequence = text[:at], text[at:]
	for len(text) > 0 {
		sequence := escapeSequences.FindStringIndex(text)
		if sequence == nil {
			sequence = []int{len(text), len(text)}
		}
		if shown := o.keep(text[:sequence[0]]); shown != "" {
			runs = append(runs, Run{o.style, shown})
		}
		o.style = o.style.after(text[sequence[0]:sequence[1]])
		text = text[sequence[1]:]
	}
	return runs
}

// keep adds text without escape sequences, and returns the part to show now.
func (o *Output) keep(text string) string {
	if text == "" {
		return ""
	}
	text, o.cr = o.cr+text, ""
	if strings.HasSuffix(text, "\r") {
		text, o.cr = text[:len(text)-1], "\r"
	}
	text = lineEnds.Replace(text)
	before := o.kept.Len()
	if room := MaxKeptOutput - before; len(text) > room {
		text = text[:max(0, room)]
	}
	o.kept.WriteString(text)
	return text[:min(len(text), max(0, MaxShownOutput-before))]
}

// AppendFull is [Output.Append] for agents that repeat the whole output so far. It adds
// only the part that is new.
func (o *Output) AppendFull(text string) []Run {
	if o.size > 0 && len(text) >= o.size {
		if begin := sha256.Sum256([]byte(text[:o.size])); string(o.all.Sum(nil)) == string(begin[:]) {
			return o.Append(text[o.size:])
		}
	}
	if text == "" || o.size > 0 && strings.HasSuffix(o.kept.String(), plainText(text)) {
		return nil
	}
	return o.Append(text)
}

// escapeSequences matches the sequences of ECMA-48 that begin with ESC: control
// sequences, strings with their terminator, and two-character sequences.
var escapeSequences = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]`)

// incompleteSequence matches the beginning of an escape sequence at the end of a text.
var incompleteSequence = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$`)

// maxSequence is the longest escape sequence, in bytes, that is held back until it is
// complete.
const maxSequence = 1 << 10

// sequenceStart returns the index of an incomplete escape sequence at the end of a text,
// or the length of the text.
func sequenceStart(text string) int {
	from := max(0, len(text)-maxSequence)
	if at := incompleteSequence.FindStringIndex(text[from:]); at != nil {
		return from + at[0]
	}
	return len(text)
}

// lineEnds turns a line that is overwritten into several lines.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// plainText returns the text of a terminal's output without escape sequences.
func plainText(text string) string {
	return lineEnds.Replace(escapeSequences.ReplaceAllString(text, ""))
}
