package fakemodel

import (
	"encoding/json"
	"fmt"
)

// messagesRequest is a request of Anthropic's messages.
type messagesRequest struct {
	Model    string          `json:"model"`
	Stream   bool            `json:"stream"`
	System   json.RawMessage `json:"system"` // a text or parts
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"` // a text or parts
	} `json:"messages"`
	Tools []struct {
		Name string `json:"name"`
	} `json:"tools"`
	OutputConfig struct {
		Format json.RawMessage `json:"format"`
	} `json:"output_config"`
}

func decodeMessages(path string, body []byte) (Request, error) {
	var in messagesRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, err
	}
	r := Request{Interface: Messages, Path: path, Model: in.Model, Stream: in.Stream, JSON: len(in.OutputConfig.Format) > 0, Raw: body}
	system, err := decodeContent(in.System)
	if err != nil {
		return Request{}, err
	}
	if system.Role = System; system.Text != "" {
		r.Messages = append(r.Messages, system)
	}
	for _, m := range in.Messages {
		out, err := decodeContent(m.Content)
		if err != nil {
			return Request{}, err
		}
		out.Role = m.Role
		results, err := decodeToolBlocks(m.Content, &out)
		if err != nil {
			return Request{}, err
		}
		r.Messages = append(r.Messages, results...)
		if !out.isEmpty() {
			r.Messages = append(r.Messages, out)
		}
	}
	for _, t := range in.Tools {
		r.Tools = append(r.Tools, t.Name)
	}
	return r, nil
}

// decodeToolBlocks adds the tool calls in the content of a message to m, and returns the
// results of tools in it.
func decodeToolBlocks(content json.RawMessage, m *Message) (results []Message, err error) {
	var blocks []struct {
		Type    string          `json:"type"`
		Name    string          `json:"name"`
		Input   json.RawMessage `json:"input"`
		Content json.RawMessage `json:"content"`
	}
	if json.Unmarshal(content, &blocks) != nil {
		return nil, nil // a text
	}
	for _, b := range blocks {
		switch b.Type {
		case "tool_use":
			m.Calls = append(m.Calls, Call{b.Name, b.Input})
		case "tool_result":
			result, err := decodeContent(b.Content)
			if err != nil {
				return nil, fmt.Errorf("result of a tool: %w", err)
			}
			result.Role = Tool
			results = append(results, result)
		}
	}
	return results, nil
}

func messagesUsage() object {
	return object{"input_tokens": promptTokens, "output_tokens": answerTokens, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
}

// messagesContent returns the blocks of an answer.
func messagesContent(a answer) list {
	content := list{}
	if a.thought != "" {
		content = append(content, object{"type": "thinking", "thinking": a.thought, "signature": "c2lnbmF0dXJl"})
	}
	if a.text != "" {
		content = append(content, object{"type": "text", "text": a.text})
	}
	if a.call != nil {
		content = append(content, object{"type": "tool_use", "id": newID("toolu"), "name": a.call.Name, "input": a.call.Arguments})
	}
	return content
}

func stopReason(a answer) string {
	if a.call != nil {
		return "tool_use"
	}
	return "end_turn"
}

func streamMessages(s *stream, r Request, a answer) {
	s.event("message_start", object{"message": object{"id": newID("msg"), "type": "message", "role": "assistant", "model": r.Model,
		"content": list{}, "stop_reason": nil, "stop_sequence": nil, "usage": messagesUsage()}})
	for i, block := range messagesContent(a) {
		streamBlock(s, i, block.(object))
	}
	if a.stall {
		s.stall()
		return
	}
	s.event("message_delta", object{"delta": object{"stop_reason": stopReason(a), "stop_sequence": nil}, "usage": messagesUsage()})
	s.event("message_stop", object{})
}

// streamBlock writes the events of one block of an answer.
func streamBlock(s *stream, index int, block object) {
	delta := func(d object) { s.event("content_block_delta", object{"index": index, "delta": d}) }
	begin := func(b object) { s.event("content_block_start", object{"index": index, "content_block": b}) }
	switch block["type"] {
	case "thinking":
		begin(object{"type": "thinking", "thinking": "", "signature": ""})
		delta(object{"type": "thinking_delta", "thinking": block["thinking"]})
		delta(object{"type": "signature_delta", "signature": block["signature"]})
	case "text":
		begin(object{"type": "text", "text": ""})
		for _, piece := range pieces(block["text"].(string)) {
			delta(object{"type": "text_delta", "text": piece})
		}
	case "tool_use":
		begin(object{"type": "tool_use", "id": block["id"], "name": block["name"], "input": object{}})
		delta(object{"type": "input_json_delta", "partial_json": string(block["input"].(json.RawMessage))})
	}
	s.event("content_block_stop", object{"index": index})
}

func wholeMessages(r Request, a answer) any {
	return object{"id": newID("msg"), "type": "message", "role": "assistant", "model": r.Model, "content": messagesContent(a),
		"stop_reason": stopReason(a), "stop_sequence": nil, "usage": messagesUsage()}
}
