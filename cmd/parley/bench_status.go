package main

import (
	"fmt"
	"io"
	"os"
)

// statusLine is one line of a terminal that says what goes on. Where nobody
// watches it says nothing.
type statusLine struct {
	out io.Writer // nil if it is no terminal
}

func newStatusLine(out io.Writer) statusLine {
	if f, ok := out.(*os.File); ok && isTerminal(f) {
		return statusLine{out}
	}
	return statusLine{}
}

// eraseLine is what ECMA-48 calls EL, behind a return to the line's beginning.
const eraseLine = "\r\x1b[K"

func (l statusLine) show(text string) {
	if l.out != nil {
		fmt.Fprint(l.out, eraseLine, text)
	}
}

func (l statusLine) clear() { l.show("") }
