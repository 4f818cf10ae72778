package masks

import (
	"encoding/base64"

	"parley/protocol/jsonwalk"
)

// piece is a piece of a text in a notification of the agent.
type piece struct {
	stream
	at   jsonwalk.Span // of the text, as a JSON string
	text string
}

// stream identifies a text that the agent sends in pieces.
type stream struct {
	Update string // the kind of the notifications that have the pieces
	ID     string `json:",omitempty"` // of the message, tool call or terminal; empty for none
	Tool   string `json:",omitempty"` // with output of a terminal in a tool call: that of the tool call
}

// The kinds of updates with pieces of texts.
const (
	toolContentChunk = "tool_call_content_chunk"
	compactionChunk  = "compaction_summary_chunk"
	terminalChunk    = "terminal_output_chunk"
	toolUpdate       = "tool_call_update" // with output of a terminal in its _meta
)

// isSaid reports whether the text is a part of the conversation. One of them is open at a
// time.
func (s stream) isSaid() bool {
	return s.Update == "agent_message_chunk" || s.Update == "agent_thought_chunk" || s.Update == "user_message_chunk"
}

// isEncoded reports whether the pieces are bytes in base64.
func (s stream) isEncoded() bool { return s.Update == terminalChunk }

// notification is what matters of a notification of the agent.
type notification struct {
	kind   string // of the update; empty for another notification
	status string // of a tool call
	toolID string
	piece  *piece        // nil for none
	output jsonwalk.Span // the whole output of a terminal, in base64; zero for none
}

// parse returns what matters of a notification.
func parse(raw []byte) (n notification) {
	if len(raw) == 0 || !jsonwalk.IsObject(raw) {
		return n
	}
	update := member(raw, member(raw, jsonwalk.Span{End: len(raw)}, "params"), "update")
	if update == (jsonwalk.Span{}) {
		return n
	}
	var content, meta, data, output jsonwalk.Span
	var messageID, terminalID, compactionID string
	for name, value := range jsonwalk.Members(raw, update.Start) {
		switch string(name) {
		case "sessionUpdate":
			n.kind, _ = jsonwalk.Text(value.Of(raw))
		case "status":
			n.status, _ = jsonwalk.Text(value.Of(raw))
		case "messageId":
			messageID, _ = jsonwalk.Text(value.Of(raw))
		case "toolCallId":
			n.toolID, _ = jsonwalk.Text(value.Of(raw))
		case "terminalId":
			terminalID, _ = jsonwalk.Text(value.Of(raw))
		case "compactionId":
			compactionID, _ = jsonwalk.Text(value.Of(raw))
		case "content":
			content = value
		case "_meta":
			meta = value
		case "data":
			data = value
		case "output":
			output = value
		}
	}
	switch n.kind {
	case "agent_message_chunk", "agent_thought_chunk", "user_message_chunk":
		n.setPiece(raw, messageID, textOf(raw, content))
	case compactionChunk:
		n.setPiece(raw, compactionID, textOf(raw, content))
	case toolContentChunk:
		n.setPiece(raw, n.toolID, textOf(raw, member(raw, content, "content")))
	case terminalChunk:
		n.setPiece(raw, terminalID, data)
	case "terminal_update":
		n.output = member(raw, output, "data")
	case toolUpdate:
		delta := member(raw, meta, "terminal_output_delta")
		id, _ := jsonwalk.Text(member(raw, delta, "terminal_id").Of(raw))
		n.setPiece(raw, id, member(raw, delta, "data"))
	}
	return n
}

// setPiece notes a piece with the text at a place, unless there is none.
func (n *notification) setPiece(raw []byte, id string, at jsonwalk.Span) {
	text, ok := jsonwalk.Text(at.Of(raw))
	if !ok {
		return
	}
	p := piece{stream: stream{Update: n.kind, ID: id}, at: at, text: text}
	if n.kind == toolUpdate {
		p.Tool = n.toolID
	}
	if p.isEncoded() {
		decoded, ok := decode64(text)
		if !ok {
			return
		}
		p.text = decoded
	}
	n.piece = &p
}

// decode64 decodes base64 with or without padding.
func decode64(text string) (string, bool) {
	for text != "" && text[len(text)-1] == '=' {
		text = text[:len(text)-1]
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	return string(b), err == nil
}

// textOf returns the place of the text of a content block; zero for a block without one.
func textOf(raw []byte, block jsonwalk.Span) jsonwalk.Span {
	if kind, _ := jsonwalk.Text(member(raw, block, "type").Of(raw)); kind != "text" {
		return jsonwalk.Span{}
	}
	return member(raw, block, "text")
}

// member returns the last member of an object with a name, as decoders do; zero for none.
func member(raw []byte, object jsonwalk.Span, name string) (found jsonwalk.Span) {
	if object == (jsonwalk.Span{}) {
		return found
	}
	for n, value := range jsonwalk.Members(raw, object.Start) {
		if string(n) == name {
			found = value
		}
	}
	return found
}
