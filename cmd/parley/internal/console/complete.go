package console

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/protocol/visible"
)

// Candidate is a text that can complete a line.
type Candidate struct {
	Text string // replaces the completed part of the line
	Note string // explains it; may be empty
}

// Completion is what can complete a line.
type Completion struct {
	From       int // the offset in bytes of the part that a candidate replaces; it ends at the cursor
	Candidates []Candidate
}

// Completer returns what can complete a line, given the text before the cursor. The
// console does not read keys while it runs.
type Completer func(before string) Completion

// maxListed is the number of candidates that are listed at most.
const maxListed = 40

// SetCompleter makes the Tab key complete the line. It is called before [Console.Read].
func (c *Console) SetCompleter(complete Completer) { c.completer = complete }

// complete completes the line as far as its candidates agree. If that changes nothing, or
// if the only candidate has a note, it lists the candidates above the line.
func (c *Console) complete() error {
	c.mu.Lock()
	before := c.editor.before
	c.mu.Unlock()
	var completion Completion
	if c.completer != nil {
		completion = c.completer(before) // without the lock, so that output is not held up
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := completion.Candidates
	if len(found) == 0 {
		return c.draw("") // keys before the Tab may not have been drawn
	}
	common := found[0].Text
	for _, candidate := range found[1:] {
		common = commonPrefix(common, candidate.Text)
	}
	typed := before[completion.From:]
	grown := len(found) == 1 || len(common) > len(typed) && strings.HasPrefix(strings.ToLower(common), strings.ToLower(typed))
	if grown {
		c.editor.before = before[:completion.From]
		c.editor.insert(common, c.keysTime)
	}
	if len(found) == 1 && found[0].Note == "" || len(found) > 1 && grown {
		return c.draw("")
	}
	return c.draw("", c.listed(found)...)
}

// listed returns rows that list candidates. mu must be locked.
func (c *Console) listed(found []Candidate) []row {
	width, _ := c.size()
	w := wrapper{width: width, hang: hangingIndent}
	var rows []row
	for _, candidate := range found[:min(len(found), maxListed)] {
		text := "  " + strings.TrimSpace(candidate.Text)
		if candidate.Note != "" {
			text += "  " + candidate.Note
		}
		rows = append(rows, w.wrap(nil, visible.Mark(strings.Join(strings.FieldsFunc(text, isLineEnd), " ")))...)
	}
	if more := len(found) - maxListed; more > 0 {
		rows = append(rows, w.wrap(nil, fmt.Sprintf("  and %d more", more))...)
	}
	return rows
}

func isLineEnd(r rune) bool { return r != ' ' && unicode.IsSpace(r) }

// commonPrefix returns the longest common prefix of whole characters.
func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}
