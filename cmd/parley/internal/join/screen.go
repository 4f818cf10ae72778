package join

import (
	"fmt"
	"io"
	"strings"
	"time"

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

// screen prints what happens. It is for one goroutine; a failing writer makes
// it mute.
type screen struct {
	out    io.Writer
	colour bool

	streaming string // what the unfinished line is, and of which message
	ends      int    // line ends of it that are not shown yet
	short     string // the last update that was only named
	calls     *calls
	ledger    *ledger
	silent    bool              // the agent is shown as silent
	settings  map[string]string // what was shown last of the agent's mode and model, by category
}

func newScreen(out io.Writer, colour bool, l *ledger) *screen {
	return &screen{out: out, colour: colour, calls: newCalls(), ledger: l, settings: make(map[string]string)}
}

// line prints one line of the program. What is part of it must be marked.
func (s *screen) line(st style, format string, args ...any) {
	s.endStream()
	s.short = ""
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

// stream adds to an unfinished line, or begins one with a heading when what
// came before was something else. Line ends wait for what follows them.
func (s *screen) stream(key, heading string, st style, text string) {
	if s.streaming != key {
		s.endStream()
		s.short = ""
		s.streaming = key
		fmt.Fprint(s.out, s.paint(st, heading))
	}
	text = strings.Repeat("\n", s.ends) + mark(text)
	shown := strings.TrimRight(text, "\n")
	if s.ends = len(text) - len(shown); shown != "" {
		fmt.Fprint(s.out, s.paint(st, strings.ReplaceAll(shown, "\n", "\n    ")))
	}
}

func (s *screen) endStream() {
	if s.streaming != "" {
		fmt.Fprintln(s.out)
		s.streaming, s.ends = "", 0
	}
}

// welcome shows where one is, and what waits.
func (s *screen) welcome(r *room, w *protocol.Welcome) {
	if w.Resume == protocol.ResumeGap {
		s.line(alert, "* the server's record is another one now; this is how things stand")
	}
	s.line(bold, "* you are %s, %s; the mode is %s; the agent is %s; /help helps",
		r.nameOf(r.self), oneLine(string(r.self.Role)), oneLine(string(r.mode)), oneLine(string(w.Agent.Status)))
	s.agent(w.Agent)
	if w.Agent.SilentSince != nil {
		s.status(time.Now(), &protocol.AgentStatusChanged{Status: w.Agent.Status, SilentSince: w.Agent.SilentSince})
	}
	s.who(r)
	s.waiting(r)
}

// waiting shows everything that waits, whole.
func (s *screen) waiting(r *room) {
	for _, i := range r.ledger.items {
		if i.done == "" {
			s.item(r, i)
		}
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
		s.line(dim, "* %s (%s%s)%s", r.nameOf(p), oneLine(string(p.Role)), away, hiddenWarning(p.Name()))
	}
	if r.peopleAfter != "" {
		s.line(dim, "* and others, who are being asked for; /who lists them then")
	}
}

// item shows what a number stands for, whole.
func (s *screen) item(r *room, i *item) {
	state := ""
	if i.done != "" {
		state = " (" + i.done + ")"
	}
	switch i.kind {
	case kindProposal, kindQuestion, kindTurn:
		if i.cut() > 0 {
			s.beginningOf(i)
			return
		}
	}
	switch i.kind {
	case kindProposal:
		if i.done != "" {
			s.line(alert, "? %s %s proposed%s: %s%s", i.name(), i.author, state, indented(i.approval.Prompt), hiddenWarning(i.approval.Prompt))
			return
		}
		s.proposal(r, i)
	case kindTurn:
		s.line(accent, "* %s %s prompted%s: %s%s", i.name(), i.author, state, indented(i.approval.Prompt), hiddenWarning(i.approval.Prompt))
	case kindQuestion:
		s.question(i)
	case kindOutput:
		s.line(accent, "* %s the output of %s:", i.name(), oneLine(i.output.title))
		s.line(plain, "%s", block(i.output.kept.String()))
		if missing := i.output.size - i.output.kept.Len(); i.output.kept.Len() >= maxKeptOutput && missing > 0 {
			s.line(dim, "  … and about %d bytes more, which are not kept here", missing)
		}
	}
}

// beginningOf shows an item that is not here as a whole.
func (s *screen) beginningOf(i *item) {
	what, text, rest := i.author+" proposes", indented(i.approval.Prompt), "all of its %d bytes are being fetched, to be shown here"
	switch i.kind {
	case kindTurn:
		what, rest = i.author+" prompted", "/show "+i.name()+" shows all of its %d bytes"
	case kindQuestion:
		what, text = "the agent asks to", indented(i.question.call.heading())
	}
	s.line(alert, "? %s %s: %s…\n  (this is the beginning; %s)", i.name(), what, text, fmt.Sprintf(rest, i.cut()))
}

// proposal shows a prompt that waits.
func (s *screen) proposal(r *room, i *item) {
	hint := ""
	if r.self.Role == protocol.RoleHost && r.readOnly == "" {
		hint = fmt.Sprintf("\n  (/approve %s or /reject %s)", i.name(), i.name())
	}
	s.line(alert, "? %s %s proposes: %s%s%s", i.name(), i.author, indented(i.approval.Prompt), hiddenWarning(i.author, i.approval.Prompt), hint)
	if i.edited != "" {
		s.edited(i)
	}
}

// edited shows what would be sent instead of a proposal.
func (s *screen) edited(i *item) {
	s.line(alert, "? %s would go to the agent as: %s%s\n  (/approve %s sends this text; /edit %s without a text drops it)",
		i.name(), indented(i.edited), hiddenWarning(i.edited), i.name(), i.name())
}

// question shows what the agent asks, with everything that is decided.
func (s *screen) question(i *item) {
	name, q := i.name(), i.question
	if i.done != "" {
		s.line(alert, "? %s the agent asked to: %s%s\n  (%s)", name, indented(q.call.heading()), q.body(), i.done)
		return
	}
	s.line(alert, "? %s the agent asks to: %s%s\n  (/allow %s, /deny %s, or /allow %s with one of: %s)",
		name, indented(q.call.heading()), q.body(), name, name, name, q.list())
}

// body is what a question says beside its heading.
func (q question) body() string {
	texts := []string{q.call.heading()}
	for _, o := range q.options {
		texts = append(texts, o.Name)
	}
	details := q.call.details()
	for _, d := range details {
		texts = append(texts, d.text)
	}
	return shownDetails(details) + hiddenWarning(texts...)
}

// shownDetails is lines of their own, or empty.
func shownDetails(details []detail) string {
	var b strings.Builder
	for _, d := range details {
		text := d.text
		if d.label != "" {
			text = d.label + ": " + text
		}
		b.WriteString("\n" + block(text))
	}
	return b.String()
}
