package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"parley/protocol/visible"
)

// row is one row of the screen.
type row struct {
	text  string
	width int // in columns
}

// prompt begins the input line; continued begins its further lines.
const (
	prompt    = "> "
	continued = "  "
)

// wrapper lays text out in rows of at most width columns.
type wrapper struct {
	width  int
	indent string // begins the rows after a line end
	hang   string // begins the rows after a break
	words  bool   // breaks between words where there is a place
}

// wrap adds text behind the last of rows. Colour sequences have no width.
func (w wrapper) wrap(rows []row, text string) []row {
	if len(rows) == 0 {
		rows = append(rows, row{})
	}
	var b []byte
	col := rows[len(rows)-1].width
	gap, gapCol := 0, 0 // where the last word of the row begins, if a space stands before it
	end := func(begin string) {
		last := &rows[len(rows)-1]
		last.text, last.width = last.text+string(b), col
		rows = append(rows, row{})
		b, col, gap = append(b[:0], begin...), len(begin), 0
	}
	for text != "" {
		if text[0] == '\x1b' {
			n := strings.IndexByte(text, 'm') + 1
			if n == 0 {
				n = len(text)
			}
			b, text = append(b, text[:n]...), text[n:]
			continue
		}
		cluster := firstCluster(text)
		text = text[len(cluster):]
		if cluster == "\n" {
			end(w.indent)
			continue
		}
		wide := uniseg.StringWidth(cluster)
		if cluster == "\t" {
			wide = 8 - col%8
			cluster = strings.Repeat(" ", wide)
		}
		if col+wide > w.width && col > len(w.hang) {
			word, wordCol := "", 0
			began := col - gapCol // of the word that the cluster belongs to
			if w.words && gap > 0 && cluster != " " && began < w.width/2 && len(w.hang)+began+wide <= w.width {
				word, wordCol = string(b[gap:]), began
				b, col = b[:gap], gapCol
			}
			end(w.hang)
			b, col = append(b, word...), col+wordCol
		}
		b, col = append(b, cluster...), col+wide
		if cluster == " " {
			gap, gapCol = len(b), col
		}
	}
	last := &rows[len(rows)-1]
	last.text, last.width = last.text+string(b), col
	return rows
}

// input lays the input line out. It returns its rows and where the cursor is.
// Of a line with more than limit rows those around the cursor are shown.
func input(before, after string, width, limit int) (rows []row, at, col int) {
	w := wrapper{width: width, indent: continued, hang: continued}
	rows = w.wrap([]row{{prompt, len(prompt)}}, visible.Mark(before))
	at, col = len(rows)-1, rows[len(rows)-1].width
	if rest := visible.Mark(after); rest != "" {
		rows = w.wrap(rows, rest)
	}
	if len(rows) <= limit {
		return rows, at, col
	}
	from := max(0, min(at-limit/2, len(rows)-limit))
	to := from + limit
	above, below := from, len(rows)-to
	rows = slices.Clone(rows[from:to])
	if above > 0 {
		rows = slices.Insert(rows, 0, more(above, "above", width))
		from--
	}
	if below > 0 {
		rows = append(rows, more(below, "below", width))
	}
	return rows, at - from, col
}

func more(n int, where string, width int) row {
	text := fmt.Sprintf("… %d more rows %s", n, where)
	return wrapper{width: width}.wrap(nil, text)[0]
}

// inputLayout is the layout of the input line as it was drawn last. It is kept,
// since a line can be long and output can come often.
type inputLayout struct {
	before, after string
	width, limit  int
	rows          []row
	at, col       int
}

func (l *inputLayout) layout(before, after string, width, limit int) (rows []row, at, col int) {
	if l.rows == nil || l.before != before || l.after != after || l.width != width || l.limit != limit {
		*l = inputLayout{before: before, after: after, width: width, limit: limit}
		l.rows, l.at, l.col = input(before, after, width, limit)
	}
	return l.rows, l.at, l.col
}

// colour returns the colour sequence that is in force at the end of rows.
func colour(rows []row) string {
	for _, r := range slices.Backward(rows) {
		if i := strings.LastIndexByte(r.text, '\x1b'); i >= 0 {
			return r.text[i : i+strings.IndexByte(r.text[i:], 'm')+1]
		}
	}
	return ""
}
