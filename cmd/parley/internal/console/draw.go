package console

import (
	"fmt"
	"io"
	"strings"
)

// draw writes a control sequence and finished rows of output, and draws the unfinished
// row and the input line below them. mu must be locked.
func (c *Console) draw(control string, finished ...row) error {
	var out strings.Builder
	out.WriteString(control)
	c.erase(&out)
	for _, r := range finished {
		out.WriteString(r.text + "\r\n")
	}
	width, height := c.size()
	rows, cursorRow, column := c.input.layout(c.editor.before, c.editor.after, width, max(1, height/2-2))
	c.drawn, c.cursorRow = rows, cursorRow
	if c.partial != "" {
		c.drawn, c.cursorRow = append([]row{{c.partial, width}}, rows...), cursorRow+1
	}
	for i, r := range c.drawn {
		if i > 0 {
			out.WriteString("\r\n")
		}
		out.WriteString(r.text)
	}
	if up := len(c.drawn) - 1 - c.cursorRow; up > 0 {
		fmt.Fprintf(&out, "\x1b[%dA", up)
	}
	fmt.Fprintf(&out, "\r\x1b[%dC", column)
	_, err := io.WriteString(c.terminal.Out, out.String())
	return err
}

// erase erases what draw has drawn. A terminal that has become narrower may show one row
// as several. mu must be locked.
func (c *Console) erase(out *strings.Builder) {
	width, _ := c.size()
	up := 0
	for _, r := range c.drawn[:c.cursorRow] {
		up += max(1, (r.width+width)/(width+1))
	}
	out.WriteString("\r")
	if up > 0 {
		fmt.Fprintf(out, "\x1b[%dA", up)
	}
	out.WriteString("\x1b[J")
	c.drawn, c.cursorRow = nil, 0
}

// size returns the maximum width of a row in columns, and the number of rows. The width is
// one less than that of the terminal, so that the terminal never wraps a row.
func (c *Console) size() (width, height int) {
	width, height = c.terminal.Size()
	if width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	return max(8, width-1), max(4, height)
}

// suspend stops the program until the shell continues it. mu must be locked.
func (c *Console) suspend() error {
	if c.terminal.Suspend == nil {
		return nil
	}
	var out strings.Builder
	c.erase(&out)
	out.WriteString(bracketedPasteOff)
	_, _ = io.WriteString(c.terminal.Out, out.String())
	if err := c.terminal.Suspend(); err != nil {
		return err
	}
	return c.draw(bracketedPasteOn)
}
