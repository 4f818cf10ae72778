package join

import (
	"fmt"
	"io"
	"strings"

	"parley/protocol"
)

// style is how a line looks on a terminal that shows colours.
type style string

const (
	plain  style = ""
	dim    style = "2"
	bold   style = "1"
	accent style = "36"
	alert  style = "33"
	bad    style = "31"
)

// maxCalls is how many tool calls are remembered; beyond it all are forgotten,
// and updates of older calls show their ids.
const maxCalls = 1000

// shownCall is what was shown of a tool call.
type shownCall struct{ title, status string }

// screen prints what happens. It is for one goroutine; a failing writer makes
// it mute.
type screen struct {
	out    io.Writer
	colour bool

	streaming string               // what the unfinished line is, and of which message
	short     string               // the last update that was only named
	calls     map[string]shownCall // by their ids
	settings  map[string]string    // what was shown last of the agent's mode and model, by category
}

func newScreen(out io.Writer, colour bool) *screen {
	return &screen{out: out, colour: colour, calls: make(map[string]shownCall), settings: make(map[string]string)}
}

// line prints one line of the program. What is part of it must be clean.
func (s *screen) line(st style, format string, args ...any) {
	s.endStream()
	s.short = ""
	fmt.Fprintln(s.out, s.paint(st, fmt.Sprintf(format, args...)))
}

func (s *screen) paint(st style, text string) string {
	if !s.colour || st == plain {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// stream adds to an unfinished line, or begins one with a heading when what
// came before was something else.
func (s *screen) stream(key, heading string, st style, text string) {
	if s.streaming != key {
		s.endStream()
		s.short = ""
		s.streaming = key
		fmt.Fprint(s.out, s.paint(st, heading))
	}
	fmt.Fprint(s.out, s.paint(st, strings.ReplaceAll(Clean(text), "\n", "\n    ")))
}

func (s *screen) endStream() {
	if s.streaming != "" {
		fmt.Fprintln(s.out)
		s.streaming = ""
	}
}

// welcome shows where one is, and what waits.
func (s *screen) welcome(r *room, w *protocol.Welcome) {
	if w.Resume == protocol.ResumeGap {
		s.line(alert, "* the server's record is another one now; this is how things stand")
	}
	s.line(bold, "* you are %s, %s; the mode is %s; the agent is %s; /help helps",
		oneLine(r.self.Name(), 40), oneLine(string(r.self.Role), 20), oneLine(string(r.mode), 30), oneLine(string(w.Agent.Status), 20))
	s.agent(w.Agent)
	s.who(r)
	for _, p := range r.pending {
		s.proposal(r, r.name(p.ParticipantID), p.Approval)
	}
	for _, q := range r.asked {
		s.question(q)
	}
}

// who lists the participants.
func (s *screen) who(r *room) {
	present := map[string]bool{r.self.ID: true}
	for _, id := range r.present {
		present[id] = true
	}
	for _, p := range r.people {
		away := ""
		if !present[p.ID] {
			away = ", away"
		}
		s.line(dim, "* %s (%s%s)", oneLine(p.Name(), 40), oneLine(string(p.Role), 20), away)
	}
}

// proposal shows a prompt that waits.
func (s *screen) proposal(r *room, author string, a protocol.Approval) {
	n := r.number(a.ID)
	if n == 0 { // in history, and decided since
		s.line(alert, "? %s proposed: %s", author, indented(a.Prompt))
		return
	}
	hint := ""
	if r.self.Role == protocol.RoleHost {
		hint = fmt.Sprintf("\n  (/approve %d or /reject %d)", n, n)
	}
	s.line(alert, "? #%d %s proposes: %s%s", n, author, indented(a.Prompt), hint)
}

// question shows what the agent asks.
func (s *screen) question(q question) {
	s.line(alert, "? the agent asks to: %s\n  (/allow, /deny, or /allow with one of: %s)", q.title, q.list())
}
