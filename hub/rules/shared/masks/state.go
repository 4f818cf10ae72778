package masks

import (
	"slices"
	"unicode/utf8"

	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
)

// State is how far the texts have come that the agent sends in pieces. The JSON of the
// exported fields is part of the session's snapshot.
type State struct {
	Texts []openText `json:",omitempty"` // not ended, the oldest first; at most maxTexts

	scanners map[stream]*redact.Scanner // after the last decision; they only save time
}

// Bounds of the open texts.
const (
	maxTexts = 16
	maxHeld  = 64 << 10 // bytes that all of them hold back together
)

// openText is a text that has not ended.
type openText struct {
	stream
	Held   string `json:",omitempty"` // its end, which readers for whom secrets are masked have not seen
	Before rune   // the character in front of Held; -1 for none
}

// IsZero reports whether no text is open. A snapshot then leaves the state out.
func (s State) IsZero() bool { return len(s.Texts) == 0 }

// Apply follows the events of the session. It does nothing without rules while no text is
// open.
func (s *State) Apply(e rules.Event, r *redact.Rules) {
	if r == nil && len(s.Texts) == 0 {
		return
	}
	n := parseEvent(e)
	s.drop(e, n)
	if n.piece == nil {
		return
	}
	held := 0
	if e.Private.Mask != nil {
		held = e.Private.Mask.Held
	}
	t := s.open(n.piece.stream)
	text := t.Held + n.piece.text
	shown := text[:max(0, len(text)-held)]
	t.Held = text[len(shown):]
	if shown != "" {
		t.Before, _ = utf8.DecodeLastRuneInString(shown)
	}
}

// open returns an open text. A new one takes the place of the oldest if there are too many.
func (s *State) open(id stream) *openText {
	if i := s.find(id); i >= 0 {
		return &s.Texts[i]
	}
	s.Texts = append(rules.KeepLast(s.Texts, maxTexts-1), openText{stream: id, Before: -1})
	return &s.Texts[len(s.Texts)-1]
}

func (s *State) find(id stream) int {
	return slices.IndexFunc(s.Texts, func(t openText) bool { return t.stream == id })
}

// drop drops the texts that an event ends.
func (s *State) drop(e rules.Event, n notification) {
	s.Texts = slices.DeleteFunc(s.Texts, func(t openText) bool { return t.endsBefore(e, n) })
}

func parseEvent(e rules.Event) notification {
	if p, ok := e.Public.(*protocol.HostSessionUpdate); ok {
		return parse(p.Notification)
	}
	return notification{}
}

// endsBefore reports whether an event ends the text: a turn's end ends all texts, and what
// begins something else in the conversation the text that is a part of it.
func (t *openText) endsBefore(e rules.Event, n notification) bool {
	switch p := e.Public.(type) {
	case *protocol.HostSessionUpdate:
		if n.piece != nil && n.piece.stream == t.stream {
			return false
		}
		if t.isSaid() {
			return n.piece != nil && n.piece.isSaid() || !goesBetween[n.kind] && n.kind != ""
		}
		isDone := n.status == "completed" || n.status == "failed"
		return t.Update == toolContentChunk && n.toolID == t.ID && isDone
	case *protocol.AgentStatusChanged:
		return p.Status == protocol.AgentExited
	case *protocol.PromptDispatchCompleted, *protocol.PromptDispatchFailed, *protocol.AgentTurnEnded, *protocol.AgentRestarting,
		*protocol.AgentSwitched, *protocol.SessionClosed:
		return true
	case *protocol.PromptDispatchStarted, *protocol.PermissionRequested, *protocol.ElicitationRequested, *protocol.AgentSession,
		*protocol.AgentTurnStarted:
		return t.isSaid()
	}
	return false
}

// goesBetween are the kinds of updates that can come between two pieces of what the agent
// says.
var goesBetween = map[string]bool{
	toolUpdate: true, toolContentChunk: true, terminalChunk: true, "terminal_update": true, "usage_update": true,
	"available_commands_update": true, "config_option_update": true, "current_mode_update": true,
	"session_info_update": true, "state_update": true, compactionChunk: true,
}
