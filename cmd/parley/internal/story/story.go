package story

import (
	"slices"

	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
	"parley/protocol/view"
)

// Story is what happened in the session, and what has been shown of its tool calls.
type Story struct {
	Timeline view.Timeline

	// what has been shown
	calls map[string]*ShownCall // by the id of the call
	order []string              // these ids, oldest first
}

// ShownCall is what has been shown of a tool call.
type ShownCall struct {
	key           string // of the call's row; empty if only a question about it has been shown
	Shown         bool   // whether its line has been shown
	Title, Status string // as they were last shown
	Details       string // as they were last shown
	Files         string // as they were last shown
	Output        toolcall.Output
}

// maxCalls is the number of calls of which it is known what has been shown. Beyond it the
// oldest are forgotten, and shown again in full if they change.
const maxCalls = 1000

// New returns the story of a session of which nothing is known.
func New() *Story { return &Story{calls: map[string]*ShownCall{}} }

// Of returns the story after events that are not shown.
func Of(events []*protocol.Event) *Story {
	s := New()
	for _, e := range events {
		s.Timeline.Apply(e)
	}
	return s
}

// Announced returns what the agent has announced of a call; it is empty if the call is not
// known.
func (s *Story) Announced(id *string) toolcall.Call {
	if id == nil {
		return toolcall.Call{}
	}
	if row := s.Timeline.Tool(*id); row != nil {
		return toolcall.New(row.Call)
	}
	return toolcall.Call{}
}

// Call returns what has been shown of the call with an id. key is that of the call's row,
// or empty if there is none yet: an agent that was restarted may reuse the id.
func (s *Story) Call(id, key string) *ShownCall {
	c := s.calls[id]
	if c != nil && (c.key == "" || key == "" || c.key == key) {
		if key != "" {
			c.key = key
		}
		return c
	}
	if c == nil {
		s.order = append(s.order, id)
		if len(s.order) > maxCalls {
			delete(s.calls, s.order[0])
			s.order = slices.Delete(s.order, 0, 1)
		}
	}
	c = &ShownCall{key: key}
	s.calls[id] = c
	return c
}
