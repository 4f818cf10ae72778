package join

import (
	"slices"

	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
	"parley/protocol/view"
)

// story is what happened in the session, and what has been shown of its tool calls.
type story struct {
	timeline view.Timeline
	calls    map[string]*shownCall // by the id of the call
	order    []string              // these ids, oldest first
}

// shownCall is what has been shown of a tool call.
type shownCall struct {
	key           string // of the call's row; empty if only a question about it has been shown
	shown         bool   // whether its line has been shown
	title, status string // as they were last shown
	details       string // as they were last shown
	files         string // as they were last shown
	output        toolcall.Output
}

// maxCalls is the number of calls of which it is known what has been shown. Beyond it the
// oldest are forgotten, and shown again in full if they change.
const maxCalls = 1000

func newStory() *story { return &story{calls: map[string]*shownCall{}} }

// storyOf returns the story after events that are not shown.
func storyOf(events []*protocol.Event) *story {
	s := newStory()
	for _, e := range events {
		s.timeline.Apply(e)
	}
	return s
}

// announced returns what the agent has announced of a call; it is empty if the call is not
// known.
func (s *story) announced(id *string) toolcall.Call {
	if id == nil {
		return toolcall.Call{}
	}
	if row := s.timeline.Tool(*id); row != nil {
		return toolcall.New(row.Call)
	}
	return toolcall.Call{}
}

// call returns what has been shown of the call with an id. key is that of the call's row,
// or empty if there is none yet: an agent that was restarted may reuse the id.
func (s *story) call(id, key string) *shownCall {
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
	c = &shownCall{key: key}
	s.calls[id] = c
	return c
}
