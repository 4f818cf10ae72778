package join

import (
	"cmp"
	"encoding/json"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/toolcall"
)

// notification contains the parts of an agent's notification that are shown.
type notification struct {
	Method string `json:"method"`
	Params struct {
		Update agentUpdate `json:"update"`
	} `json:"params"`
}

// agentUpdate is a session update of the Agent Client Protocol, version 1. Updates that it
// does not fit are only mentioned.
type agentUpdate struct {
	Kind      string          `json:"sessionUpdate"`
	MessageID string          `json:"messageId"`
	Content   json.RawMessage `json:"content"`
	Entries   []planEntry     `json:"entries"`
	Title     string          `json:"title"`
	RawOutput json.RawMessage `json:"rawOutput"`
	Meta      json.RawMessage `json:"_meta"`
}

type planEntry struct {
	Content string `json:"content"`
	Status  string `json:"status"`
}

// ignoredUpdates are updates that are of no interest to people, or that another event
// reports.
var ignoredUpdates = map[string]bool{
	"usage_update": true, "available_commands_update": true, "session_info_update": true,
	"config_option_update": true, "current_mode_update": true, "user_message_chunk": true, "user_message": true,
}

// update prints a notification of the agent. Methods and updates that begin with an
// underscore are extensions for other programs and are ignored.
func (s *screen) update(raw json.RawMessage) {
	var n notification
	if err := json.Unmarshal(raw, &n); err != nil || n.Method != "session/update" {
		if !strings.HasPrefix(n.Method, "_") {
			s.mention(cmp.Or(n.Method, "unknown notification"))
		}
		return
	}
	switch u := n.Params.Update; u.Kind {
	case "agent_message_chunk":
		s.chunk(u, "agent: ", plain)
	case "agent_thought_chunk":
		s.chunk(u, "agent thinks: ", dim)
	case "tool_call", "tool_call_update":
		s.toolCall(u, toolcall.UpdateIn(raw))
	case "plan":
		s.plan(u.Entries)
	default:
		if u.Kind == "session_info_update" && u.Title != "" {
			s.line(dim, "* the agent names the session: %s", display.Indent(u.Title))
		}
		if !ignoredUpdates[u.Kind] && !strings.HasPrefix(u.Kind, "_") {
			s.mention(cmp.Or(u.Kind, n.Method))
		}
	}
}

// chunk appends to the message that the chunk is a part of.
func (s *screen) chunk(u agentUpdate, heading string, st style) {
	var c toolcall.Content
	_ = json.Unmarshal(u.Content, &c)
	text := c.Text
	if c.Type != "text" {
		text = "[" + display.OneLine(cmp.Or(c.Type, "unknown content")) + "]"
	}
	s.stream(u.Kind+" "+u.MessageID, heading, st, text)
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
func (s *screen) toolCall(u agentUpdate, raw json.RawMessage) {
	update := toolcall.Decode(raw)
	before := s.calls.Get(update.ID)
	now := s.calls.Put(before.Merge(update))
	s.callLine(now, before)
	s.callOutput(u, now)
}

// callLine prints the title and status of a call if they have changed, with its details
// unless these have been shown.
func (s *screen) callLine(now *toolcall.Known, before toolcall.Known) {
	running := now.RunningDetails()
	details := formatDetails(running)
	if now.Title == before.Title && now.Status == before.Status && details == before.ShownDetails && before.Shown {
		return
	}
	texts := []string{now.Title}
	if details == before.ShownDetails {
		details = ""
	} else {
		now.ShownDetails = details
	}
	for _, d := range running {
		texts = append(texts, d.Text)
	}
	s.line(accent, "⚙ %s [%s]", callTitle(now, before), display.OneLine(cmp.Or(now.Status, "pending")))
	if details += display.HiddenWarning(texts...); details != "" {
		s.line(dim, "%s", strings.TrimPrefix(details, "\n"))
	}
	now.Shown = true
}

// callTitle returns the title of a call: in full when it is new, shortened later.
func callTitle(now *toolcall.Known, before toolcall.Known) string {
	title := cmp.Or(now.Title, now.ID, "a tool")
	if before.Shown && before.Title == now.Title {
		return display.Short(title, 100)
	}
	return display.Indent(title)
}

func (s *screen) plan(entries []planEntry) {
	s.line(accent, "plan:")
	marks := map[string]string{"completed": "x", "in_progress": ">"}
	for _, e := range entries {
		s.line(plain, "  [%s] %s", cmp.Or(marks[e.Status], " "), display.Indent(e.Content))
	}
}
