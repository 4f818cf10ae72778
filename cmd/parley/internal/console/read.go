package console

import (
	"bytes"
	"io"
	"time"

	"parley/protocol/visible"
)

// A large paste that the terminal does not mark arrives in several chunks. After a chunk
// of at least largeChunk bytes that ends with a line end, the next one follows within
// pasteGap unless the paste ends there.
const (
	largeChunk = 512
	pasteGap   = 30 * time.Millisecond
)

// readTerminal reads the terminal and sends what it reads to chunks.
func (c *Console) readTerminal() {
	defer close(c.chunks)
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.terminal.In.Read(buffer)
		if n > 0 {
			select {
			case c.chunks <- chunk{bytes.Clone(buffer[:n]), time.Now()}:
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

// Read waits for the next line. It returns [io.EOF] after Ctrl-D on an empty line and
// after Close, [ErrInterrupted] after Ctrl-C, and otherwise the error of the terminal's
// Read.
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
		if err := c.decodeKeys(); err != nil {
			return Line{}, err
		}
	}
}

// press handles a key. It returns a line if the key submits it.
func (c *Console) press(k key) (*Line, error) {
	if k.kind == keyComplete {
		return nil, c.complete()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case k.kind == keyEnter:
		line := c.editor.submit(c.keysTime)
		width, _ := c.size()
		rows := wrapper{width: width, indent: continuationIndent, hang: hangingIndent}.wrap(nil, prompt+visible.Mark(line.Text))
		return &line, c.draw("", rows...)
	case k.kind == keyInterrupt:
		return nil, ErrInterrupted
	case k.kind == keyDelete && c.editor.text() == "":
		return nil, io.EOF
	case k.kind == keySuspend:
		return nil, c.suspend()
	case k.kind == keyClear:
		c.drawn, c.cursorRow = nil, 0
		return nil, c.draw("\x1b[H\x1b[2J")
	}
	c.editor.press(k, c.keysTime)
	if len(c.keys) > 0 || c.decoder.pasting {
		return nil, nil // draw once, after the last key or at the end of the paste
	}
	return nil, c.draw("")
}

// decodeKeys waits for the next keys.
func (c *Console) decodeKeys() error {
	p := c.lookahead
	if c.lookahead = nil; p == nil {
		select {
		case next, open := <-c.chunks:
			if !open {
				return c.readErr
			}
			p = &next
		case <-c.closed:
			return io.EOF
		}
	}
	c.keys, c.keysTime = c.decoder.feed(p.bytes, p.at), p.at
	if last := len(c.keys) - 1; len(p.bytes) >= largeChunk && last >= 0 && c.keys[last].kind == keyEnter && c.chunkFollows() {
		c.keys[last] = key{text: "\n"}
	}
	return nil
}

// chunkFollows reports whether another chunk arrives within pasteGap, and keeps it.
func (c *Console) chunkFollows() bool {
	gap := time.NewTimer(pasteGap)
	defer gap.Stop()
	select {
	case next, open := <-c.chunks:
		if open {
			c.lookahead = &next
		}
		return open
	case <-gap.C:
		return false
	}
}
