package hub

import (
	"errors"

	"parley/protocol"
)

// Usage is what is used of a limit for the whole server.
type Usage struct {
	Limit protocol.Limit
	Used  int64
	Most  int64 // 0 for no limit
}

// Usage returns what is used of the limits for all sessions together.
func (h *Hub) Usage() []Usage {
	return []Usage{
		{protocol.LimitAgents, int64(h.agents.Taken()), int64(h.options.MaxAgents)},
		{protocol.LimitPrompts, int64(h.prompts.Held()), int64(h.options.MaxPromptBytes)},
		{protocol.LimitOutbound, int64(h.feed.Waiting()), int64(h.options.MaxBacklogs)},
		{protocol.LimitUploads, int64(h.uploads.count()), int64(h.options.MaxUploads)},
	}
}

// Refused counts a refusal by a limit that the hub does not check itself.
func (h *Hub) Refused(l protocol.Limit) { h.refusals.Add(l) }

// Refusals returns how much a limit has refused since the hub was made.
func (h *Hub) Refusals(l protocol.Limit) uint64 { return h.refusals.Of(l) }

// noteRefusal counts an error that a limit has caused.
func (h *Hub) noteRefusal(err error) {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		h.refusals.Add(e.Limit)
	}
}
