package console

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxHistory is how many lines can be called back.
const maxHistory = 100

// maxRemembered is the longest line in bytes that can be called back.
const maxRemembered = 16 << 10

// editor is the line that is being typed.
type editor struct {
	before, after string    // the cursor
	began         time.Time // when the first character of the line came
	tooLong       bool      // text was left out, since the line has MaxLine bytes

	history []string
	recall  int    // from the end of history; 0 is the line itself
	draft   string // the line itself while another is called back
}

// text returns the whole line.
func (e *editor) text() string { return e.before + e.after }

// insert adds text at the cursor.
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

// press does what a key does to the line.
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
		e.callBack(e.recall+1, at)
	case keyDown:
		e.callBack(e.recall-1, at)
	}
	if e.text() == "" {
		e.tooLong = false
	}
}

// callBack replaces the line by an earlier one.
func (e *editor) callBack(n int, at time.Time) {
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

// take empties the line and returns it.
func (e *editor) take(at time.Time) Line {
	line := Line{Text: e.text(), Began: e.began, Ended: at, TooLong: e.tooLong}
	if line.Text == "" {
		line.Began = at
	}
	e.before, e.after, e.recall, e.draft, e.tooLong = "", "", 0, "", false
	if line.Text != "" && len(line.Text) <= maxRemembered && !slices.Equal(e.history[max(0, len(e.history)-1):], []string{line.Text}) {
		e.history = append(e.history, line.Text)
		e.history = e.history[max(0, len(e.history)-maxHistory):]
	}
	return line
}

// firstCluster returns the first grapheme cluster of text. Two ASCII characters
// are never one, apart from a line end of two, which no text here holds.
func firstCluster(text string) string {
	if text != "" && text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return text[:1]
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return cluster
}

// clusterReach is how far back in bytes the beginning of a cluster is looked
// for: no emoji is longer.
const clusterReach = 256

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
