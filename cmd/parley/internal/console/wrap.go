package console

import (
	"strings"

	"github.com/rivo/uniseg"
)

// row is one row of the screen.
type row struct {
	text  string
	width int // in columns
}

// wrapper wraps text into rows of at most width columns.
type wrapper struct {
	width  int
	indent string // begins the rows after a line end
	hang   string // begins the rows after a break
	words  bool   // whether to break between words if possible
}

// wrap appends text to the last of rows, and returns the rows. Colour sequences have no
// width.
func (w wrapper) wrap(rows []row, text string) []row {
	if len(rows) == 0 {
		rows = append(rows, row{})
	}
	b := &rowBuilder{wrapper: w, rows: rows, column: rows[len(rows)-1].width}
	for text != "" {
		if text[0] == '\x1b' {
			n := strings.IndexByte(text, 'm') + 1
			if n == 0 {
				n = len(text)
			}
			b.text, text = append(b.text, text[:n]...), text[n:]
			continue
		}
		cluster := firstCluster(text)
		text = text[len(cluster):]
		if cluster == "\n" {
			b.endRow(w.indent)
			continue
		}
		b.add(cluster)
	}
	b.flush()
	return b.rows
}

// rowBuilder builds the rows of one call of wrap.
type rowBuilder struct {
	wrapper
	rows       []row
	text       []byte // to be appended to the last row
	column     int    // width of the last row with text
	word       int    // index in text of the last word of the row, if a space precedes it; otherwise 0
	wordColumn int    // column of that word
}

// add adds a grapheme cluster, in a new row if the last one is full.
func (b *rowBuilder) add(cluster string) {
	width := uniseg.StringWidth(cluster)
	if cluster == "\t" {
		width = 8 - b.column%8
		cluster = strings.Repeat(" ", width)
	}
	if b.column+width > b.width && b.column > len(b.hang) {
		b.breakRow(cluster, width)
	}
	b.text, b.column = append(b.text, cluster...), b.column+width
	if cluster == " " {
		b.word, b.wordColumn = len(b.text), b.column
	}
}

// breakRow begins a new row for a cluster. It moves the word that the cluster belongs to
// into the new row, if the word is short and fits.
func (b *rowBuilder) breakRow(cluster string, width int) {
	word, wordWidth := "", 0
	begun := b.column - b.wordColumn
	if b.words && b.word > 0 && cluster != " " && begun < b.width/2 && len(b.hang)+begun+width <= b.width {
		word, wordWidth = string(b.text[b.word:]), begun
		b.text, b.column = b.text[:b.word], b.wordColumn
	}
	b.endRow(b.hang)
	b.text, b.column = append(b.text, word...), b.column+wordWidth
}

// endRow ends the last row and begins another one with the given text.
func (b *rowBuilder) endRow(begin string) {
	b.flush()
	b.rows = append(b.rows, row{})
	b.text, b.column, b.word = append(b.text[:0], begin...), len(begin), 0
}

// flush appends the text to the last row.
func (b *rowBuilder) flush() {
	last := &b.rows[len(b.rows)-1]
	last.text, last.width = last.text+string(b.text), b.column
}
