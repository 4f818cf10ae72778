package client

import (
	"encoding/json"

	"github.com/google/uuid"

	"parley/protocol"
)

// presence is the list of those who are connected, and the question for it that is
// under way, if any. It is owned by run.
type presence struct {
	list  protocol.PresenceAnswer
	asked *call
}

// welcomedPresence takes the list of a new connection.
func (c *Client) welcomedPresence(w *protocol.Welcome) {
	if c.presence.asked != nil {
		c.calls.drop(c.presence.asked)
	}
	c.presence = presence{list: protocol.PresenceAnswer{Epoch: w.PresenceEpoch, At: w.PresenceAt, Participants: w.Presence}}
}

// takePresence brings the list up to date, or asks for it when some of what happened
// was missed.
func (c *Client) takePresence(p protocol.Presence) {
	at := c.presence.list.At
	if c.presence.list.Apply(p) {
		if c.presence.list.At != at {
			c.tell(Presence{c.presence.list.Participants})
		}
		return
	}
	if c.presence.asked != nil {
		return
	}
	id := uuid.NewString()
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: &protocol.AskPresence{}})
	if err == nil { // it cannot fail: it has no members
		c.presence.asked = c.calls.add(id, line)
	}
}

// answeredPresence takes the answer to the question for the list. After an error the
// next change leads to another question.
func (c *Client) answeredPresence(id string, payload json.RawMessage) {
	asked := c.presence.asked
	if asked == nil || asked.id != id {
		return
	}
	c.presence.asked = nil
	c.calls.drop(asked)
	var list protocol.PresenceAnswer
	if payload == nil || json.Unmarshal(payload, &list) != nil {
		return
	}
	c.presence.list = list
	c.tell(Presence{list.Participants})
}
