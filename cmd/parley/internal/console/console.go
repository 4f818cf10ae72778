package console

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"parley/protocol/visible"
)

// MaxLine is the longest line in bytes.
const MaxLine = 1 << 20

// ErrInterrupted is returned by [Console.Read] when Ctrl-C is pressed.
var ErrInterrupted = errors.New("interrupted")

// A paste that the terminal does not mark comes in pieces when it is large. A
// piece of at least largePiece bytes that ends with a line end is followed by
// another one within pasteGap, unless the paste ends there.
const (
	largePiece = 512
	pasteGap   = 30 * time.Millisecond
)

// hang begins the rows of output after a break, so that nothing in a long line
// can pass for the beginning of another.
const hang = "    "

// Line is a line that was sent.
type Line struct {
	Text    string    // without the line end that sent it; others stand in a pasted text
	Began   time.Time // when its first character came
	Ended   time.Time // when it was sent
	TooLong bool      // it would have had more than MaxLine bytes, and Text is not all of it
}

// Terminal is the terminal of a Console.
type Terminal struct {
	In   io.Reader // in raw mode
	Out  io.Writer
	Size func() (width, height int) // zero where it is not known

	Suspend func() error // stops the program until the shell continues it; nil where there is no such thing
	Restore func()       // leaves raw mode; nil where it was not Open that entered it
}

// Console is a terminal with an input line. Write and Read may be called from
// different goroutines, and Close from any.
type Console struct {
	terminal Terminal
	pieces   chan piece // read sends, one at a time, and closes it
	readErr  error      // why; set before pieces is closed
	closed   chan struct{}

	// used by Read
	decoder decoder
	ahead   *piece // was read and not decoded
	keys    []key  // were decoded and not pressed
	keysAt  time.Time

	mu      sync.Mutex // guards what follows
	editor  editor
	input   inputLayout
	partial string // the last row of the output while it is unfinished
	drawn   []row  // below the finished output
	at      int    // the row of drawn with the cursor
	ended   bool
}

// piece is what one read returned.
type piece struct {
	bytes []byte
	at    time.Time
}

// New begins an input line. Its goroutine ends when a Read of the terminal
// fails or returns after Close.
func New(t Terminal) *Console {
	c := &Console{terminal: t, pieces: make(chan piece), closed: make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draw("\x1b[?2004h")
	go c.read()
	return c
}

func (c *Console) read() {
	defer close(c.pieces)
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.terminal.In.Read(buffer)
		if n > 0 {
			select {
			case c.pieces <- piece{bytes.Clone(buffer[:n]), time.Now()}:
			case <-c.closed:
			}
		}
		if c.isClosed() {
			err = io.EOF
		}
		if err != nil {
			c.readErr = err
			return
		}
	}
}

func (c *Console) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// Close erases the input line and leaves the terminal as New found it. What is
// written afterwards goes to the terminal as it is.
func (c *Console) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended = true
	close(c.closed)
	var out strings.Builder
	c.erase(&out)
	if c.partial != "" {
		out.WriteString(c.partial + "\r\n")
	}
	out.WriteString("\x1b[?2004l")
	_, _ = io.WriteString(c.terminal.Out, out.String())
	if c.terminal.Restore != nil {
		c.terminal.Restore()
	}
}

// Write shows output above the input line. A long line is broken into rows, and
// a row is redrawn only until it is full or its line ends.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return c.terminal.Out.Write(p)
	}
	width, _ := c.size()
	rows := wrapper{width: width, hang: hang, words: true}.wrap(nil, c.partial+string(p))
	last := len(rows) - 1
	switch rest := rows[last]; {
	case rest.width > 0 || last == 0:
		c.partial = colour(rows[:last]) + rest.text
	default: // nothing but, perhaps, the end of a colour
		c.partial = ""
		rows[last-1].text += rest.text
	}
	return len(p), c.draw("", rows[:last]...)
}

// draw shows finished rows of output, and what is unfinished below them.
func (c *Console) draw(control string, done ...row) error {
	var out strings.Builder
	out.WriteString(control)
	c.erase(&out)
	for _, r := range done {
		out.WriteString(r.text + "\r\n")
	}
	width, height := c.size()
	lines, at, col := c.input.layout(c.editor.before, c.editor.after, width, max(1, height/2-2))
	c.drawn, c.at = lines, at
	if c.partial != "" {
		c.drawn, c.at = append([]row{{c.partial, width}}, lines...), at+1
	}
	for i, r := range c.drawn {
		if i > 0 {
			out.WriteString("\r\n")
		}
		out.WriteString(r.text)
	}
	if up := len(c.drawn) - 1 - c.at; up > 0 {
		fmt.Fprintf(&out, "\x1b[%dA", up)
	}
	fmt.Fprintf(&out, "\r\x1b[%dC", col)
	_, err := io.WriteString(c.terminal.Out, out.String())
	return err
}

// erase removes what was drawn. A terminal that has become narrower since may
// show a row as several.
func (c *Console) erase(out *strings.Builder) {
	width, _ := c.size()
	up := 0
	for _, r := range c.drawn[:c.at] {
		up += max(1, (r.width+width)/(width+1))
	}
	out.WriteString("\r")
	if up > 0 {
		fmt.Fprintf(out, "\x1b[%dA", up)
	}
	out.WriteString("\x1b[J")
	c.drawn, c.at = nil, 0
}

// size returns the columns that a row may have, one less than the terminal, so
// that none of ours makes it wrap, and its rows.
func (c *Console) size() (width, height int) {
	width, height = c.terminal.Size()
	if width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	return max(8, width-1), max(4, height)
}

// Read waits for the next line. It returns [io.EOF] after Ctrl-D on an empty
// line and after Close, [ErrInterrupted] after Ctrl-C, and else what the
// terminal's Read returned.
func (c *Console) Read() (Line, error) {
	for {
		for len(c.keys) > 0 {
			k := c.keys[0]
			c.keys = c.keys[1:]
			if line, err := c.press(k); line != nil {
				return *line, nil
			} else if err != nil {
				return Line{}, err
			}
		}
		if err := c.decode(); err != nil {
			return Line{}, err
		}
	}
}

// press does what a key does, and returns the line if it sends one.
func (c *Console) press(k key) (*Line, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case k.kind == keyEnter:
		line := c.editor.take(c.keysAt)
		width, _ := c.size()
		sent := wrapper{width: width, indent: continued, hang: hang}.wrap(nil, prompt+visible.Mark(line.Text))
		return &line, c.draw("", sent...)
	case k.kind == keyInterrupt:
		return nil, ErrInterrupted
	case k.kind == keyDelete && c.editor.text() == "":
		return nil, io.EOF
	case k.kind == keySuspend:
		return nil, c.suspend()
	case k.kind == keyClear:
		c.drawn, c.at = nil, 0
		return nil, c.draw("\x1b[H\x1b[2J")
	}
	c.editor.press(k, c.keysAt)
	if len(c.keys) > 0 || c.decoder.pasting {
		return nil, nil // the last of them is drawn, and a paste when it ends
	}
	return nil, c.draw("")
}

// suspend stops the program until the shell continues it.
func (c *Console) suspend() error {
	if c.terminal.Suspend == nil {
		return nil
	}
	var out strings.Builder
	c.erase(&out)
	out.WriteString("\x1b[?2004l")
	_, _ = io.WriteString(c.terminal.Out, out.String())
	if err := c.terminal.Suspend(); err != nil {
		return err
	}
	return c.draw("\x1b[?2004h")
}

// decode waits for the next keys.
func (c *Console) decode() error {
	p := c.ahead
	if c.ahead = nil; p == nil {
		select {
		case next, open := <-c.pieces:
			if !open {
				return c.readErr
			}
			p = &next
		case <-c.closed:
			return io.EOF
		}
	}
	c.keys, c.keysAt = c.decoder.feed(p.bytes, p.at), p.at
	if last := len(c.keys) - 1; len(p.bytes) >= largePiece && last >= 0 && c.keys[last].kind == keyEnter && c.more() {
		c.keys[last] = key{text: "\n"}
	}
	return nil
}

// more reports whether another piece follows at once.
func (c *Console) more() bool {
	gap := time.NewTimer(pasteGap)
	defer gap.Stop()
	select {
	case next, open := <-c.pieces:
		if open {
			c.ahead = &next
		}
		return open
	case <-gap.C:
		return false
	}
}
