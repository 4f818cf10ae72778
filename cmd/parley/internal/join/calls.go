package join

import (
	"cmp"
	"encoding/json"
	"slices"
)

// maxCalls is how many tool calls are remembered, and maxCallBytes how much
// they may hold. Beyond it the oldest are forgotten, and their updates show no
// more than they bring.
const (
	maxCalls     = 1000
	maxCallBytes = 32 << 20
)

// calls are the tool calls that the agent has announced.
type calls struct {
	byID  map[string]*shownCall
	order []string
	bytes int
}

// shownCall is a tool call and what was shown of it.
type shownCall struct {
	toolCall
	known   bool   // its line was shown
	details string // as they were shown last
	output  output
}

func newCalls() *calls { return &calls{byID: map[string]*shownCall{}} }

// get returns what is known of a call, or one of which nothing is.
func (c *calls) get(id string) shownCall {
	if known := c.byID[id]; known != nil {
		return *known
	}
	return shownCall{toolCall: toolCall{ID: id}}
}

// withoutOutput returns a copy in which no call has printed anything yet.
func (c *calls) withoutOutput() *calls {
	copied := &calls{byID: make(map[string]*shownCall, len(c.byID)), order: slices.Clone(c.order), bytes: c.bytes}
	for id, known := range c.byID {
		copied.byID[id] = &shownCall{toolCall: known.toolCall, known: known.known, details: known.details,
			output: output{title: known.output.title, cut: known.output.cut}}
	}
	return copied
}

// put replaces what is known of a call.
func (c *calls) put(call toolCall) *shownCall {
	known := c.byID[call.ID]
	if known == nil {
		known = &shownCall{}
		c.byID[call.ID] = known
		c.order = append(c.order, call.ID)
	}
	c.bytes += call.size() - known.size()
	known.toolCall = call
	for len(c.order) > maxCalls || c.bytes > maxCallBytes && len(c.order) > 1 {
		oldest := c.order[0]
		c.order = slices.Delete(c.order, 0, 1)
		c.bytes -= c.byID[oldest].size()
		delete(c.byID, oldest)
	}
	return known
}

// learn takes in a notification that is not shown.
func (c *calls) learn(notification json.RawMessage) {
	var n struct {
		Params struct {
			Update struct {
				Kind string `json:"sessionUpdate"`
			} `json:"update"`
		} `json:"params"`
	}
	if json.Unmarshal(notification, &n) != nil || n.Params.Update.Kind != "tool_call" && n.Params.Update.Kind != "tool_call_update" {
		return
	}
	update := decodeCall(updateOf(notification))
	c.put(c.get(update.ID).with(update))
}

// deeds are the details of a call that are shown while it runs: what it runs
// and the diffs. Its text content is what it prints.
func (c *shownCall) deeds() []detail {
	doing := c.toolCall
	doing.Content = diffs(c.Content)
	return slices.DeleteFunc(doing.details(), func(d detail) bool { return d.label != "" && d.label != "script" })
}

// label names a call in its line: whole when it is new, and in short later.
func (c *shownCall) label(before shownCall) string {
	title := cmp.Or(c.Title, c.ID, "a tool")
	if before.known && before.Title == c.Title {
		return short(title, 100)
	}
	return indented(title)
}
