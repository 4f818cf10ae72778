package recap

import (
	"bytes"
	"encoding/json"
	"strings"
)

// message is a part of the agent's answer, or a whole message of it.
type message struct {
	id    string // empty if the agent names none
	text  string
	whole bool // text replaces the earlier parts of this message
}

// decodeMessage decodes an agent_message_chunk, or an agent_message of version 2 of the
// Agent Client Protocol; ok is false for another notification.
func decodeMessage(notification json.RawMessage) (m message, ok bool) {
	if !bytes.Contains(notification, []byte(`"agent_message`)) {
		return m, false // most notifications need no decoding
	}
	var n struct {
		Params struct {
			Update struct {
				SessionUpdate string          `json:"sessionUpdate"`
				MessageID     json.RawMessage `json:"messageId"`
				Content       json.RawMessage `json:"content"`
			} `json:"update"`
		} `json:"params"`
	}
	if json.Unmarshal(notification, &n) != nil {
		return m, false
	}
	u := n.Params.Update
	_ = json.Unmarshal(u.MessageID, &m.id) // an id of another type counts as none
	switch u.SessionUpdate {
	case "agent_message_chunk":
		m.text = textOf(u.Content)
		return m, m.text != ""
	case "agent_message":
		m.whole = true
		var blocks []json.RawMessage
		if len(u.Content) == 0 || json.Unmarshal(u.Content, &blocks) != nil {
			return m, false // the content is unchanged
		}
		for _, b := range blocks {
			m.text += textOf(b)
		}
		return m, true
	}
	return m, false
}

// textOf returns the text of a content block, and a placeholder for one without text.
func textOf(block json.RawMessage) string {
	var b struct{ Type, Text, URI string }
	switch err := json.Unmarshal(block, &b); {
	case err != nil:
		return ""
	case b.Type == "text":
		return b.Text
	case b.Type == "resource_link":
		return "[link: " + cut(b.URI, maxReason) + "]"
	case b.Type == "":
		return ""
	}
	return "[" + cut(strings.ReplaceAll(b.Type, "_", " "), maxReason) + "]"
}
