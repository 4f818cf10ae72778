package join

import (
	"cmp"
	"slices"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/story"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol/view"
)

// change prints what has changed in a row that shows what the agent does.
func (s *screen) change(c view.Change) {
	switch now := c.Now.(type) {
	case *view.SayRow:
		before, _ := c.Before.(*view.SayRow)
		s.said(now, before)
	case *view.ToolRow:
		before, _ := c.Before.(*view.ToolRow)
		s.toolCall(now, before)
	case *view.TerminalRow:
		before, _ := c.Before.(*view.TerminalRow)
		s.terminal(now, before)
	case *view.PlanRow:
		s.plan(now)
	case *view.CompactionRow:
		before, _ := c.Before.(*view.CompactionRow)
		s.compaction(now, before)
	case *view.NoticeRow:
		s.agentNotice(now.Notice)
	case *view.OtherRow:
		s.mention(now.Name)
	}
}

// said prints what was added to a message.
func (s *screen) said(now, before *view.SayRow) {
	heading, st := "agent: ", plain
	switch now.Voice {
	case view.VoiceThought:
		heading, st = "agent thinks: ", dim
	case view.VoiceUser:
		heading, st = "said to the agent: ", dim
	}
	added, replaced := now.Added(before)
	if replaced {
		s.endStream()
		heading = "instead, " + heading
	}
	s.streamBlocks(now.Key, heading, st, added)
}

// streamBlocks appends blocks to the message with a key.
func (s *screen) streamBlocks(key, heading string, st style, blocks []view.Block) {
	for _, b := range blocks {
		text := toolcall.BlockText(b)
		if b.Type == "resource" {
			text = "\n" + text + "\n"
		}
		if text != "" {
			s.stream(key, heading, st, text)
		}
	}
}

// mention prints the name of an update that is not shown. It prints the same name only
// once in a row.
func (s *screen) mention(what string) {
	if what = display.Short(what, 60); s.lastMentioned == what {
		return
	}
	s.line(dim, "· %s", what)
	s.lastMentioned = what
}

// toolCall prints a tool call when it is announced or has changed, and its new output.
func (s *screen) toolCall(now, before *view.ToolRow) {
	shown := s.story.Call(now.ID, now.Key)
	s.callLine(now, shown)
	s.callOutput(now, before, shown)
}

// callLine prints the title and status of a call if they have changed, with its details
// and files unless these have been shown.
func (s *screen) callLine(now *view.ToolRow, shown *story.ShownCall) {
	call := toolcall.New(now.Call)
	running := call.RunningDetails()
	details := toolcall.Format(running)
	files := formatFiles(call.Files, now.Title+details)
	if shown.Shown && now.Title == shown.Title && now.Status == shown.Status && details == shown.Details {
		s.files(files, shown)
		return
	}
	texts := []string{now.Title}
	for _, d := range running {
		texts = append(texts, d.Text)
	}
	s.line(accent, "⚙ %s [%s]", s.callTitle(now, shown), display.OneLine(now.Status))
	if details == shown.Details {
		details = ""
	}
	if details += display.HiddenWarning(texts...); details != "" {
		s.line(dim, "%s", strings.TrimPrefix(details, "\n"))
	}
	s.files(files, shown)
	shown.Shown, shown.Title, shown.Status, shown.Details = true, now.Title, now.Status, toolcall.Format(running)
}

// files prints the files at which a call looks if they have changed.
func (s *screen) files(files string, shown *story.ShownCall) {
	if files != "" && files != shown.Files {
		s.line(dim, "    at %s", files)
	}
	shown.Files = files
}

// maxFiles is how many files a call's line names.
const maxFiles = 8

// formatFiles lists the files that a text does not name yet.
func formatFiles(files []string, said string) string {
	files = slices.DeleteFunc(slices.Clone(files), func(f string) bool { return strings.Contains(said, f) })
	more := ""
	if len(files) > maxFiles {
		files, more = files[:maxFiles], " and more"
	}
	for i, f := range files {
		files[i] = display.OneLine(f)
	}
	return strings.Join(files, ", ") + more
}

// callTitle returns the title of a call: in full when it is new, shortened later. The name
// of the tool follows if the title does not have it.
func (s *screen) callTitle(now *view.ToolRow, shown *story.ShownCall) string {
	known := ""
	if s.earlier != nil {
		known = s.earlier.Announced(&now.ID).Title
	}
	title := cmp.Or(now.Title, known, now.Name, now.ID, "a tool")
	if shown.Shown && shown.Title == now.Title {
		return display.Short(title, 100)
	}
	if now.Name != "" && !strings.Contains(title, now.Name) {
		return display.Indent(title) + " (" + display.Short(now.Name, 40) + ")"
	}
	return display.Indent(title)
}

func (s *screen) plan(p *view.PlanRow) {
	if p.Removed {
		s.line(accent, "plan: removed")
		return
	}
	s.line(accent, "plan:")
	marks := map[string]string{"completed": "x", "in_progress": ">"}
	for _, e := range p.Entries {
		s.line(plain, "  [%s] %s", cmp.Or(marks[e.Status], " "), display.Indent(e.Content))
	}
	if p.Text != nil {
		s.line(plain, "%s", display.Block(*p.Text))
	}
	if p.URI != nil {
		s.line(plain, "    in %s", display.OneLine(*p.URI))
	}
}

// compaction prints how far the agent has come with shortening its context.
func (s *screen) compaction(now, before *view.CompactionRow) {
	if before == nil || before.Status != now.Status {
		words := map[string]string{"in_progress": "is shortening its context", "completed": "shortened its context",
			"failed": "could not shorten its context", "cancelled": "stopped shortening its context"}
		s.line(dim, "* the agent %s", cmp.Or(words[now.Status], "shortens its context: "+display.OneLine(now.Status)))
	}
	if now.Error != nil && (before == nil || before.Error == nil || *before.Error != *now.Error) {
		s.line(bad, "%s", display.Block(*now.Error))
	}
	s.streamBlocks(now.Key, "summary: ", dim, now.Added(before))
}

// agentNotice prints what the agent tells about its session. Modes and models are printed
// from the facts, which have their names.
func (s *screen) agentNotice(n view.Notice) {
	switch n := n.(type) {
	case view.TitleNotice:
		s.line(dim, "* the agent names the session: %s", display.Indent(n.Title))
	case view.AgentNotice:
		styles := map[string]style{"warning": alert, "error": bad}
		s.line(cmp.Or(styles[n.Severity], accent), "* %s from the agent: %s", cmp.Or(map[string]string{"warning": "warning", "error": "error"}[n.Severity], "notice"), display.Indent(n.Title))
		if strings.TrimSpace(n.Description) != "" {
			s.line(dim, "%s", display.Block(n.Description))
		}
	case view.OversizedNotice:
		s.line(alert, "* the agent sent an update that is too big to be kept: %s, %s", display.OneLine(n.Name), toolcall.SizeText(&n.Bytes))
	}
}
