package console

import (
	"errors"
	"io"
	"strings"
	"sync"
	"time"
)

// MaxLine is the maximum length of a line in bytes.
const MaxLine = 1 << 20

// ErrInterrupted is returned by [Console.Read] when Ctrl-C is pressed.
var ErrInterrupted = errors.New("interrupted")

// hangingIndent begins the rows of output after a break, so that no part of a long line
// can be mistaken for the beginning of another one.
const hangingIndent = "    "

// Control sequences of xterm that turn bracketed paste on and off.
const (
	bracketedPasteOn  = "\x1b[?2004h"
	bracketedPasteOff = "\x1b[?2004l"
)

// Line is a submitted line.
type Line struct {
	Text    string    // without the line end that submitted it; pasted text can contain others
	Began   time.Time // when the first character was typed
	Ended   time.Time // when the line was submitted
	TooLong bool      // whether text beyond MaxLine bytes was discarded
}

// Terminal is the terminal of a [Console].
type Terminal struct {
	In   io.Reader // in raw mode
	Out  io.Writer
	Size func() (width, height int) // zero if unknown

	Suspend func() error // stops the program until the shell continues it; nil if that is not supported
	Restore func()       // leaves raw mode; nil to leave the mode as it is
}

// Console is a terminal with an input line. Write and Read may be called from different
// goroutines, and Close from any.
type Console struct {
	// immutable
	terminal Terminal
	chunks   chan chunk    // readTerminal sends and closes; unbuffered, because Read asks for the next chunk
	readErr  error         // why readTerminal ended; set before chunks is closed
	closed   chan struct{} // closed by Close

	completer Completer // set before Read; nil for none

	// owned by Read
	decoder   decoder
	lookahead *chunk // a chunk that has been received but not decoded
	keys      []key  // keys that have been decoded but not handled
	keysTime  time.Time

	mu        sync.Mutex // guards the fields below
	editor    editor
	input     layoutCache
	partial   string // the last row of the output while its line is unfinished
	drawn     []row  // the rows below the finished output
	cursorRow int    // index in drawn of the row with the cursor
	isEnded   bool
}

// chunk is what one read of the terminal returned.
type chunk struct {
	bytes []byte
	at    time.Time
}

// New draws an input line on a terminal.
func New(t Terminal) *Console {
	c := &Console{terminal: t, chunks: make(chan chunk), closed: make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.draw(bracketedPasteOn)
	go c.readTerminal() // see the package comment for its end
	return c
}

// Close erases the input line and leaves the terminal as [New] found it. Later writes go
// to the terminal unchanged.
func (c *Console) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isEnded {
		return
	}
	c.isEnded = true
	close(c.closed)
	var out strings.Builder
	c.erase(&out)
	if c.partial != "" {
		out.WriteString(c.partial + "\r\n")
	}
	out.WriteString(bracketedPasteOff)
	_, _ = io.WriteString(c.terminal.Out, out.String())
	if c.terminal.Restore != nil {
		c.terminal.Restore()
	}
}

// Write shows output above the input line. It wraps long lines, and redraws a row only
// until the row is full or its line ends.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isEnded {
		return c.terminal.Out.Write(p)
	}
	width, _ := c.size()
	rows := wrapper{width: width, hang: hangingIndent, words: true}.wrap(nil, c.partial+string(p))
	last := len(rows) - 1
	switch rest := rows[last]; {
	case rest.width > 0 || last == 0:
		c.partial = activeColour(rows[:last]) + rest.text
	default: // nothing, or only a colour sequence
		c.partial = ""
		rows[last-1].text += rest.text
	}
	return len(p), c.draw("", rows[:last]...)
}
