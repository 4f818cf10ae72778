package toolcall

import (
	"encoding/json"
	"slices"
)

// The bounds of [Calls]. Beyond them it forgets the oldest calls, of which later updates
// show only what they contain themselves.
const (
	maxCalls = 1000
	maxBytes = 32 << 20
)

// Calls are the tool calls that an agent has announced. Use [NewCalls] to create one.
type Calls struct {
	byID  map[string]*Known
	order []string // ids, oldest first
	bytes int
}

// Known is a tool call and what has been shown of it.
type Known struct {
	Call
	Shown        bool   // whether its line has been shown
	ShownDetails string // its details as they were last shown
	Output       Output
}

// NewCalls returns an empty set of calls.
func NewCalls() *Calls { return &Calls{byID: map[string]*Known{}} }

// Get returns a copy of the call with an id. It is empty but for the id if the call is
// not known.
func (c *Calls) Get(id string) Known {
	if known := c.byID[id]; known != nil {
		return *known
	}
	return Known{Call: Call{ID: id}}
}

// WithoutOutput returns a copy in which no call has printed anything.
func (c *Calls) WithoutOutput() *Calls {
	copied := &Calls{byID: make(map[string]*Known, len(c.byID)), order: slices.Clone(c.order), bytes: c.bytes}
	for id, known := range c.byID {
		copied.byID[id] = &Known{Call: known.Call, Shown: known.Shown, ShownDetails: known.ShownDetails,
			Output: Output{Listed: known.Output.Listed}}
	}
	return copied
}

// Put adds a call, or replaces the one with the same id and keeps what has been shown of
// it.
func (c *Calls) Put(call Call) *Known {
	known := c.byID[call.ID]
	if known == nil {
		known = &Known{}
		c.byID[call.ID] = known
		c.order = append(c.order, call.ID)
	}
	c.bytes += call.Size() - known.Size()
	known.Call = call
	for len(c.order) > maxCalls || c.bytes > maxBytes && len(c.order) > 1 {
		oldest := c.order[0]
		c.order = slices.Delete(c.order, 0, 1)
		c.bytes -= c.byID[oldest].Size()
		delete(c.byID, oldest)
	}
	return known
}

// Apply applies a notification of the agent that is not shown.
func (c *Calls) Apply(notification json.RawMessage) {
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
	update := Decode(UpdateIn(notification))
	c.Put(c.Get(update.ID).Merge(update))
}

// UpdateIn returns the session update in a notification.
func UpdateIn(notification json.RawMessage) json.RawMessage {
	var n struct {
		Params struct {
			Update json.RawMessage `json:"update"`
		} `json:"params"`
	}
	_ = json.Unmarshal(notification, &n)
	return n.Params.Update
}

// RunningDetails returns the details that are shown while a call runs: its command,
// scripts and diffs. Its text content is its output.
func (k *Known) RunningDetails() []Detail {
	running := k.Call
	running.Content = diffsIn(k.Content)
	return slices.DeleteFunc(running.Details(), func(d Detail) bool { return d.Label != "" && d.Label != "script" })
}
