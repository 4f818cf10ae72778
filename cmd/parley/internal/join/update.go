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
	CallID    string          `json:"toolCallId"`
	Title     string          `json:"title"`
	Status    string          `json:"status"`
	Entries   []planEntry     `json:"entries"`
}

type planEntry struct {
	Content string `json:"content"`
	Status  string `json:"status"`
}

type content struct {
	Type    string  `json:"type"`
	Text    string  `json:"text"`
	Path    string  `json:"path"`
	OldText *string `json:"oldText"`
	NewText string  `json:"newText"`
}

// update shows a notification of the agent.
func (s *screen) update(raw json.RawMessage) {
	var n notification
	if err := json.Unmarshal(raw, &n); err != nil || n.Method != "session/update" {
		s.named(cmp.Or(n.Method, "something"))
		return
	}
	switch u := n.Params.Update; u.Kind {
	case "agent_message_chunk":
		s.chunk(u, "agent: ", plain)
	case "agent_thought_chunk":
		s.chunk(u, "agent thinks: ", dim)
	case "tool_call", "tool_call_update":
		s.toolCall(u)
	case "plan":
		s.plan(u.Entries)
	default:
		s.named(cmp.Or(u.Kind, n.Method))
	}
}

// chunk adds to the message that it is a part of.
func (s *screen) chunk(u agentUpdate, heading string, st style) {
	var c content
	_ = json.Unmarshal(u.Content, &c)
	text := c.Text
	if c.Type != "text" {
		text = "[" + oneLine(cmp.Or(c.Type, "something"), 40) + "]"
	}
	s.stream(u.Kind+" "+u.MessageID, heading, st, text)
}

// named says in short that something came, and the same thing only once in a
// row.
func (s *screen) named(what string) {
	if what = oneLine(what, 60); s.short == what {
		return
	}
	s.line(dim, "· %s", what)
	s.short = what
}

// toolCall shows a call when it begins, when its status is another, and what
// it changes in files.
func (s *screen) toolCall(u agentUpdate) {
	if len(s.calls) >= maxCalls {
		clear(s.calls)
	}
	before, known := s.calls[u.CallID]
	now := shownCall{
		title:  cmp.Or(oneLine(u.Title, 200), before.title, oneLine(u.CallID, 60), "a tool"),
		status: cmp.Or(oneLine(u.Status, 20), before.status, "pending"),
	}
	s.calls[u.CallID] = now
	diffs := diffsOf(u.Content)
	if known && now.status == before.status && len(diffs) == 0 {
		return // more output of a call that is shown
	}
	s.line(accent, "⚙ %s [%s]", now.title, now.status)
	for _, d := range diffs {
		added, removed := countLines(d)
		s.line(dim, "  %s: +%d −%d lines", oneLine(d.Path, 200), added, removed)
	}
}

// diffsOf returns the diffs in a tool call's content, which is a list.
func diffsOf(raw json.RawMessage) (diffs []content) {
	var list []content
	_ = json.Unmarshal(raw, &list)
	for _, c := range list {
		if c.Type == "diff" {
			diffs = append(diffs, c)
		}
	}
	return diffs
}

// countLines tells how much changed: what is left when the same beginning and
// the same end are taken away.
func countLines(d content) (added, removed int) {
	before, after := []string{}, splitLines(d.NewText)
	if d.OldText != nil {
		before = splitLines(*d.OldText)
	}
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return len(after), len(before)
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func (s *screen) plan(entries []planEntry) {
	s.line(accent, "plan:")
	marks := map[string]string{"completed": "x", "in_progress": ">"}
	for _, e := range entries {
		s.line(plain, "  [%s] %s", cmp.Or(marks[e.Status], " "), oneLine(e.Content, 200))
	}
}
