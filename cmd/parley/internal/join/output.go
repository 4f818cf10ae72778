package join

import (
	"fmt"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol/view"
)

// callOutput prints what an update adds to the output of a tool call.
func (s *screen) callOutput(now, before *view.ToolRow, shown *story.ShownCall) {
	if before == nil {
		before = &view.ToolRow{}
	}
	s.terminalOutput(now, before, shown)
	if text := toolcall.ContentText(now.Content); text != "" && len(now.Terminals) == 0 && changed(now, before) {
		s.printOutput(now, shown, shown.Output.AppendFull(text))
	}
	if shown.Output.Size() == 0 {
		s.printOutput(now, shown, shown.Output.Append(toolcall.RawText(now.Output)))
	}
	s.terminalExits(now, before)
}

// terminalOutput prints what an update adds to the terminals of a tool call.
func (s *screen) terminalOutput(now, before *view.ToolRow, shown *story.ShownCall) {
	for _, t := range now.Terminals {
		s.printOutput(now, shown, shown.Output.Append(t.Added(terminalIn(before, t.ID))))
	}
}

// terminalExits prints how the commands of terminals have ended since a former state of
// the call.
func (s *screen) terminalExits(now, before *view.ToolRow) {
	for _, t := range now.Terminals {
		if terminalIn(before, t.ID).Exit == nil {
			s.exited(t.Exit)
		}
	}
}

// changed reports whether the content of a call has changed.
func changed(now, before *view.ToolRow) bool {
	return len(now.Content) != len(before.Content) || len(now.Content) > 0 && &now.Content[0] != &before.Content[0]
}

// terminalIn returns the terminal of a call with an id; it is empty if there is none.
func terminalIn(row *view.ToolRow, id string) view.TerminalView {
	for _, t := range row.Terminals {
		if t.ID == id {
			return t
		}
	}
	return view.TerminalView{}
}

// exited prints how the command of a terminal has ended, as far as the agent has said it.
func (s *screen) exited(exit *view.TerminalExit) {
	switch {
	case exit == nil:
	case exit.Code != nil:
		s.line(dim, "  it ended with exit code %.0f", *exit.Code)
	case exit.Signal != nil && *exit.Signal != "":
		s.line(dim, "  it ended with signal %s", display.OneLine(*exit.Signal))
	}
}

// terminal prints what an update adds to a terminal that belongs to no tool call.
func (s *screen) terminal(now, before *view.TerminalRow) {
	title := "terminal"
	if now.Terminal.Command != nil {
		title = *now.Terminal.Command
	}
	var last view.TerminalView
	if before != nil {
		last = before.Terminal
	}
	if before == nil {
		s.line(accent, "⚙ %s", display.Indent(title))
	}
	shown := s.story.Call("terminal "+now.Terminal.ID, now.Key)
	row := &view.ToolRow{Base: now.Base, ID: "terminal " + now.Terminal.ID, Call: view.Call{Title: title}}
	s.printOutput(row, shown, shown.Output.Append(now.Terminal.Added(last)))
	if last.Exit == nil {
		s.exited(now.Terminal.Exit)
	}
}

// printOutput prints more output of a call. It lists the output as an item once it is too
// long to be printed as it arrives.
func (s *screen) printOutput(row *view.ToolRow, shown *story.ShownCall, runs []toolcall.Run) {
	for _, r := range runs {
		st := style(r.Style)
		if st == plain {
			st = dim
		}
		if r.Text != "" {
			s.stream("output "+row.Key, "    ", st, r.Text)
		}
	}
	o := &shown.Output
	if o.IsTruncated() && !o.Listed && s.ledger != nil {
		o.Listed = true
		i := s.ledger.Put(ledger.KindOutput, fmt.Sprintf("output %s", row.Key))
		i.Heading, i.Output, i.Outcome = toolcall.New(row.Call).Heading(), o, "shown in part"
		s.line(dim, "  … there is more output: /show %s shows all of it", i.Label())
	}
}
