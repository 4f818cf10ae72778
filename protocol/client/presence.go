package client

import (
	"encoding/json"

	"github.com/google/uuid"

	"parley/protocol"
)

// presence is the list of connected participants. run owns it.
type presence struct {
	list  protocol.PresenceAnswer
	asked *call // the request for the list that is in progress, if any
}

// resetPresence stores the list of a new connection.
func (c *Client) resetPresence(w *protocol.Welcome) {
	if c.presence.asked != nil {
		c.calls.remove(c.presence.asked)
	}
	c.presence = presence{list: protocol.PresenceAnswer{Epoch: w.PresenceEpoch, At: w.PresenceAt, Participants: w.Presence}}
}

// handlePresence updates the list, or asks for it if changes are missing.
func (c *Client) handlePresence(p protocol.Presence) {
	at := c.presence.list.At
	if c.presence.list.Apply(p) {
		if c.presence.list.At != at {
			c.notify(Presence{c.presence.list.Participants})
		}
		return
	}
	if c.presence.asked != nil {
		return
	}
	id := uuid.NewString()
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: &protocol.AskPresence{}})
	if err == nil { // always, since the command has no members
		c.presence.asked = c.calls.add(id, line)
	}
}

// handlePresenceAnswer stores the answer to a request for the list. After an error, which
// has no payload, the next change causes another request.
func (c *Client) handlePresenceAnswer(id string, payload json.RawMessage) {
	asked := c.presence.asked
	if asked == nil || asked.id != id {
		return
	}
	c.presence.asked = nil
	c.calls.remove(asked)
	var list protocol.PresenceAnswer
	if payload == nil || json.Unmarshal(payload, &list) != nil {
		return
	}
	c.presence.list = list
	c.notify(Presence{list.Participants})
}
