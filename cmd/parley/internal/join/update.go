package join

import (
	"cmp"
	"encoding/json"
	"strings"
)

// notification is as much of an agent's notification as is shown.
type notification struct {
	Method string `json:"method"`
	Params struct {
		Update agentUpdate `json:"update"`
	} `json:"params"`
}

// agentUpdate is a session update of the Agent Client Protocol, version 1. What
// does not fit it is named and not shown.
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

// quiet are updates that say nothing to people, or what an event of the room
// has said already.
var quiet = map[string]bool{
	"usage_update": true, "available_commands_update": true, "session_info_update": true,
	"config_option_update": true, "current_mode_update": true, "user_message_chunk": true, "user_message": true,
}

// update shows a notification of the agent.
func (s *screen) update(raw json.RawMessage) {
	var n notification
	if err := json.Unmarshal(raw, &n); err != nil || n.Method != "session/update" {
		if !strings.HasPrefix(n.Method, "_") { // a vendor's own, for its own programs
			s.named(cmp.Or(n.Method, "something"))
		}
		return
	}
	switch u := n.Params.Update; u.Kind {
	case "agent_message_chunk":
		s.chunk(u, "agent: ", plain)
	case "agent_thought_chunk":
		s.chunk(u, "agent thinks: ", dim)
	case "tool_call", "tool_call_update":
		s.toolCall(u, updateOf(raw))
	case "plan":
		s.plan(u.Entries)
	default:
		if u.Kind == "session_info_update" && u.Title != "" {
			s.line(dim, "* the agent calls the session: %s", indented(u.Title))
		}
		if !quiet[u.Kind] && !strings.HasPrefix(u.Kind, "_") {
			s.named(cmp.Or(u.Kind, n.Method))
		}
	}
}

// chunk adds to the message that it is a part of.
func (s *screen) chunk(u agentUpdate, heading string, st style) {
	var c content
	_ = json.Unmarshal(u.Content, &c)
	text := c.Text
	if c.Type != "text" {
		text = "[" + oneLine(cmp.Or(c.Type, "something")) + "]"
	}
	s.stream(u.Kind+" "+u.MessageID, heading, st, text)
}

// named says in short that something came, and the same thing only once in a
// row.
func (s *screen) named(what string) {
	if what = short(what, 60); s.short == what {
		return
	}
	s.line(dim, "· %s", what)
	s.short = what
}

// updateOf returns the update in a notification.
func updateOf(raw json.RawMessage) json.RawMessage {
	var n struct {
		Params struct {
			Update json.RawMessage `json:"update"`
		} `json:"params"`
	}
	_ = json.Unmarshal(raw, &n)
	return n.Params.Update
}

// toolCall shows a call when it begins, when its status, title or what it does
// is another, and what it prints.
func (s *screen) toolCall(u agentUpdate, raw json.RawMessage) {
	update := decodeCall(raw)
	before := s.calls.get(update.ID)
	now := s.calls.put(before.with(update))
	s.row(now, before)
	s.output(u, now)
}

// row shows the line of a call if it is another one than before, with what the
// call does unless that was shown.
func (s *screen) row(now *shownCall, before shownCall) {
	deeds := now.deeds()
	details := shownDetails(deeds)
	if now.Title == before.Title && now.Status == before.Status && details == before.details && before.known {
		return
	}
	texts := []string{now.Title}
	if details == before.details {
		details = ""
	} else {
		now.details = details
	}
	for _, d := range deeds {
		texts = append(texts, d.text)
	}
	s.line(accent, "⚙ %s [%s]", now.label(before), oneLine(cmp.Or(now.Status, "pending")))
	if details += hiddenWarning(texts...); details != "" {
		s.line(dim, "%s", strings.TrimPrefix(details, "\n"))
	}
	now.known = true
}

func (s *screen) plan(entries []planEntry) {
	s.line(accent, "plan:")
	marks := map[string]string{"completed": "x", "in_progress": ">"}
	for _, e := range entries {
		s.line(plain, "  [%s] %s", cmp.Or(marks[e.Status], " "), indented(e.Content))
	}
}
