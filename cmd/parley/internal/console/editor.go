package console

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxHistory is how many lines can be recalled.
const maxHistory = 100

// maxHistoryLine is the length in bytes of the longest line that can be recalled.
const maxHistoryLine = 16 << 10

// editor is the line that is being typed, with the lines that can be recalled.
type editor struct {
	before, after string    // text before and after the cursor
	began         time.Time // when the first character of the line was typed
	tooLong       bool      // whether text beyond MaxLine bytes was discarded

	history []string // oldest first
	recall  int      // place of the recalled line, from the end of history; 0 if none is recalled
	draft   string   // the line that was being typed when another was recalled
}

// text returns the whole line.
func (e *editor) text() string { return e.before + e.after }

// insert inserts text at the cursor.
func (e *editor) insert(text string, at time.Time) {
	if e.text() == "" {
		e.began = at
	}
	if len(e.before)+len(e.after)+len(text) > MaxLine {
		e.tooLong = true
		return
	}
	e.before += text
}

// press applies a key to the line.
func (e *editor) press(k key, at time.Time) {
	switch k.kind {
	case keyText:
		e.insert(k.text, at)
	case keyBackspace:
		e.before = e.before[:len(e.before)-len(lastCluster(e.before))]
	case keyDelete, keyDeleteAt:
		e.after = e.after[len(firstCluster(e.after)):]
	case keyWordBack:
		word := strings.TrimRightFunc(e.before, unicode.IsSpace)
		e.before = strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsSpace(r) })
	case keyKillBack:
		e.before = ""
	case keyKill:
		e.after = ""
	case keyLeft:
		c := lastCluster(e.before)
		e.before, e.after = e.before[:len(e.before)-len(c)], c+e.after
	case keyRight:
		c := firstCluster(e.after)
		e.before, e.after = e.before+c, e.after[len(c):]
	case keyHome:
		e.before, e.after = "", e.text()
	case keyEnd:
		e.before, e.after = e.text(), ""
	case keyUp:
		e.recallLine(e.recall+1, at)
	case keyDown:
		e.recallLine(e.recall-1, at)
	}
	if e.text() == "" {
		e.tooLong = false
	}
}

// recallLine replaces the line by the nth last one, or by the draft if n is 0.
func (e *editor) recallLine(n int, at time.Time) {
	if n < 0 || n > len(e.history) {
		return
	}
	if e.recall == 0 {
		e.draft = e.text()
	}
	line := e.draft
	if n > 0 {
		line = e.history[len(e.history)-n]
	}
	e.recall, e.before, e.after, e.began, e.tooLong = n, line, "", at, false
}

// submit returns the line and starts an empty one.
func (e *editor) submit(at time.Time) Line {
	line := Line{Text: e.text(), Began: e.began, Ended: at, TooLong: e.tooLong}
	if line.Text == "" {
		line.Began = at
	}
	e.before, e.after, e.recall, e.draft, e.tooLong = "", "", 0, "", false
	if line.Text != "" && len(line.Text) <= maxHistoryLine && !slices.Equal(e.history[max(0, len(e.history)-1):], []string{line.Text}) {
		e.history = append(e.history, line.Text)
		e.history = e.history[max(0, len(e.history)-maxHistory):]
	}
	return line
}

// firstCluster returns the first grapheme cluster of text. Two ASCII characters are never
// one cluster, except for CR LF, which no text here contains.
func firstCluster(text string) string {
	if text != "" && text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return text[:1]
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return cluster
}

// clusterReach is the length in bytes of the longest cluster that lastCluster finds. No
// emoji is longer.
const clusterReach = 256

// lastCluster returns the last grapheme cluster of text.
func lastCluster(text string) string {
	from := max(0, len(text)-clusterReach)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	last := ""
	for rest := text[from:]; rest != ""; rest = rest[len(last):] {
		last = firstCluster(rest)
	}
	return last
}
