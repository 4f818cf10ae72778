package console

import (
	"fmt"
	"slices"
	"strings"

	"parley/protocol/visible"
)

const (
	prompt             = "> " // begins the input line
	continuationIndent = "  " // begins its further rows
)

// layoutInput lays out the input line. It returns its rows, and the row and column of the
// cursor. If the line has more than limit rows, only those around the cursor are shown.
func layoutInput(before, after string, width, limit int) (rows []row, cursorRow, column int) {
	w := wrapper{width: width, indent: continuationIndent, hang: continuationIndent}
	rows = w.wrap([]row{{prompt, len(prompt)}}, visible.Mark(before))
	cursorRow, column = len(rows)-1, rows[len(rows)-1].width
	if rest := visible.Mark(after); rest != "" {
		rows = w.wrap(rows, rest)
	}
	if len(rows) <= limit {
		return rows, cursorRow, column
	}
	from := max(0, min(cursorRow-limit/2, len(rows)-limit))
	to := from + limit
	above, below := from, len(rows)-to
	rows = slices.Clone(rows[from:to])
	if above > 0 {
		rows = slices.Insert(rows, 0, moreRows(above, "above", width))
		from--
	}
	if below > 0 {
		rows = append(rows, moreRows(below, "below", width))
	}
	return rows, cursorRow - from, column
}

func moreRows(n int, where string, width int) row {
	text := fmt.Sprintf("… %d more rows %s", n, where)
	return wrapper{width: width}.wrap(nil, text)[0]
}

// layoutCache keeps the last layout of the input line, because the line can be long and
// every output draws it again.
type layoutCache struct {
	before, after string
	width, limit  int

	rows      []row
	cursorRow int
	column    int
}

// layout is [layoutInput] with the cache.
func (l *layoutCache) layout(before, after string, width, limit int) (rows []row, cursorRow, column int) {
	if l.rows == nil || l.before != before || l.after != after || l.width != width || l.limit != limit {
		*l = layoutCache{before: before, after: after, width: width, limit: limit}
		l.rows, l.cursorRow, l.column = layoutInput(before, after, width, limit)
	}
	return l.rows, l.cursorRow, l.column
}

// activeColour returns the colour sequence that is in effect at the end of rows.
func activeColour(rows []row) string {
	for _, r := range slices.Backward(rows) {
		if i := strings.LastIndexByte(r.text, '\x1b'); i >= 0 {
			return r.text[i : i+strings.IndexByte(r.text[i:], 'm')+1]
		}
	}
	return ""
}
