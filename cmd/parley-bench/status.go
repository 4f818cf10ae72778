package main

import (
	"fmt"
	"io"
	"os"

	"parley/cmd/internal/cli"
)

// statusLine is a line of a terminal that shows progress. It shows nothing if the output is
// not a terminal.
type statusLine struct {
	out io.Writer // nil if the output is not a terminal
}

func newStatusLine(out io.Writer) statusLine {
	if f, ok := out.(*os.File); ok && cli.IsTerminal(f) {
		return statusLine{out}
	}
	return statusLine{}
}

// eraseLine moves to the beginning of the line and erases it (EL of ECMA-48).
const eraseLine = "\r\x1b[K"

func (l statusLine) show(text string) {
	if l.out != nil {
		fmt.Fprint(l.out, eraseLine, text)
	}
}

func (l statusLine) clear() { l.show("") }
