package join

import (
	"fmt"
	"io"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
)

// style is a parameter of the SGR sequence of ECMA-48, which selects how text looks.
type style string

const (
	plain  style = ""
	dim    style = "2"
	bold   style = "1"
	accent style = "36"
	alert  style = "33"
	bad    style = "31"
)

// screen prints the session. It is for one goroutine. It ignores errors of the writer.
type screen struct {
	// immutable
	out    io.Writer
	colour bool
	ledger *ledger.Ledger

	story           *story.Story
	earlier         *story.Story      // what is known of calls while history is repeated; otherwise nil
	streaming       string            // key of the unfinished line; empty if there is none
	note            string            // printed behind the unfinished line; empty for none
	pendingNewlines int               // newlines of that line that have not been printed yet
	lastMentioned   string            // the update that the last line mentions; empty if it is another line
	silent          bool              // the agent is shown as silent
	shownSettings   map[string]string // the agent's mode and model as last shown, by category
}

func newScreen(out io.Writer, colour bool, l *ledger.Ledger) *screen {
	return &screen{out: out, colour: colour, ledger: l, story: story.New(), shownSettings: map[string]string{}}
}

// line prints a line of the program, or several. Text of others among the arguments must
// have passed package display.
func (s *screen) line(st style, format string, args ...any) {
	s.endStream()
	s.lastMentioned = ""
	var out strings.Builder
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		out.WriteString(s.paint(st, line) + "\n")
	}
	_, _ = io.WriteString(s.out, out.String())
}

func (s *screen) paint(st style, text string) string {
	if !s.colour || st == plain {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// stream appends text to the unfinished line with a key. If that is not the last line, it
// begins a new one with a heading. Newlines at the end are printed before the next text.
func (s *screen) stream(key, heading string, st style, text string) {
	if s.streaming != key {
		s.endStream()
		s.lastMentioned = ""
		s.streaming = key
		fmt.Fprint(s.out, s.paint(st, heading))
	}
	text = strings.Repeat("\n", s.pendingNewlines) + display.Mark(text)
	shown := strings.TrimRight(text, "\n")
	if s.pendingNewlines = len(text) - len(shown); shown != "" {
		fmt.Fprint(s.out, s.paint(st, strings.ReplaceAll(shown, "\n", "\n    ")))
	}
}

// endStream ends the unfinished line.
func (s *screen) endStream() {
	if s.streaming != "" {
		fmt.Fprintln(s.out)
		s.streaming, s.pendingNewlines = "", 0
	}
	if s.note != "" {
		fmt.Fprintln(s.out, s.paint(dim, s.note))
		s.note = ""
	}
}
