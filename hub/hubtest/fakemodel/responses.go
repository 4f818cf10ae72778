package fakemodel

import (
	"cmp"
	"encoding/json"
)

// responsesRequest is a request of OpenAI's responses.
type responsesRequest struct {
	Model        string `json:"model"`
	Stream       bool   `json:"stream"`
	Instructions string `json:"instructions"`
	Input        []struct {
		Type      string          `json:"type"`
		Role      string          `json:"role"`
		Content   json.RawMessage `json:"content"`
		Name      string          `json:"name"`
		Arguments string          `json:"arguments"`
		Input     string          `json:"input"`
		Output    json.RawMessage `json:"output"` // a text or parts
		Tools     []responsesTool `json:"tools"`  // of additional_tools
	} `json:"input"`
	Tools []responsesTool `json:"tools"`
	Text  struct {
		Format struct {
			Type string `json:"type"`
		} `json:"format"`
	} `json:"text"`
}

// responsesTool is a tool, or a namespace of tools.
type responsesTool struct {
	Type  string          `json:"type"`
	Name  string          `json:"name"`
	Tools []responsesTool `json:"tools"`
}

// names returns the names of a tool, or of the tools in a namespace.
func (t responsesTool) names() (all []string) {
	if len(t.Tools) == 0 {
		return []string{cmp.Or(t.Name, t.Type)}
	}
	for _, inner := range t.Tools {
		all = append(all, inner.names()...)
	}
	return all
}

func decodeResponses(path string, body []byte) (Request, error) {
	var in responsesRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, err
	}
	r := Request{Interface: Responses, Path: path, Model: in.Model, Stream: in.Stream, JSON: in.Text.Format.Type == "json_schema", Raw: body}
	if in.Instructions != "" {
		r.Messages = append(r.Messages, Message{Role: System, Text: in.Instructions})
	}
	for _, item := range in.Input {
		var m Message
		var err error
		switch item.Type {
		case "message", "":
			m, err = decodeContent(item.Content)
			m.Role = item.Role
			if m.Role == "developer" {
				m.Role = System
			}
		case "function_call":
			m = Message{Role: Assistant, Calls: []Call{{item.Name, json.RawMessage(item.Arguments)}}}
		case "custom_tool_call":
			m = Message{Role: Assistant, Calls: []Call{{item.Name, quoted(item.Input)}}}
		case "function_call_output", "custom_tool_call_output":
			m, err = decodeContent(item.Output)
			m.Role = Tool
		case "additional_tools":
			for _, t := range item.Tools {
				r.Tools = append(r.Tools, t.names()...)
			}
			continue
		default:
			continue
		}
		if err != nil {
			return Request{}, err
		}
		r.Messages = append(r.Messages, m)
	}
	for _, t := range in.Tools {
		r.Tools = append(r.Tools, t.names()...)
	}
	return r, nil
}

func quoted(text string) json.RawMessage {
	b, _ := json.Marshal(text) // cannot fail for a string
	return b
}

var responsesUsage = object{"input_tokens": promptTokens, "output_tokens": answerTokens, "total_tokens": promptTokens + answerTokens,
	"input_tokens_details": object{"cached_tokens": 0}, "output_tokens_details": object{"reasoning_tokens": 0}}

// responsesOutput returns the items of an answer.
func responsesOutput(a answer) list {
	var items list
	if a.thought != "" {
		items = append(items, object{"type": "reasoning", "id": newID("rs"),
			"summary": list{object{"type": "summary_text", "text": a.thought}}})
	}
	if a.text != "" {
		items = append(items, object{"type": "message", "id": newID("msg"), "role": "assistant", "status": "completed",
			"content": list{object{"type": "output_text", "text": a.text, "annotations": list{}}}})
	}
	if c := a.call; c != nil {
		var freeform string // the input of a custom tool is a text
		if json.Unmarshal(c.Arguments, &freeform) == nil {
			items = append(items, object{"type": "custom_tool_call", "id": newID("ctc"), "call_id": newID("call"), "name": c.Name,
				"input": freeform, "status": "completed"})
		} else {
			items = append(items, object{"type": "function_call", "id": newID("fc"), "call_id": newID("call"), "name": c.Name,
				"arguments": string(c.Arguments), "status": "completed"})
		}
	}
	return items
}

func streamResponses(s *stream, r Request, a answer) {
	id := newID("resp")
	s.event("response.created", object{"response": object{"id": id, "object": "response", "model": r.Model, "status": "in_progress", "output": list{}}})
	items := responsesOutput(a)
	for i, item := range items {
		streamItem(s, i, item.(object), a)
	}
	if a.stall {
		s.stall()
		return
	}
	s.event("response.completed", object{"response": object{"id": id, "object": "response", "model": r.Model, "status": "completed",
		"output": items, "usage": responsesUsage}})
}

// streamItem writes the events of one item of an answer.
func streamItem(s *stream, index int, item object, a answer) {
	begin := object{"type": item["type"], "id": item["id"]}
	switch item["type"] {
	case "message":
		begin["role"], begin["content"], begin["status"] = "assistant", list{}, "in_progress"
	case "reasoning":
		begin["summary"] = list{}
	case "function_call", "custom_tool_call":
		begin["name"], begin["call_id"], begin["arguments"], begin["input"] = item["name"], item["call_id"], "", ""
	}
	at := func(o object) object {
		o["output_index"], o["item_id"] = index, item["id"]
		return o
	}
	s.event("response.output_item.added", object{"output_index": index, "item": begin})
	switch item["type"] {
	case "message":
		part := object{"type": "output_text", "text": "", "annotations": list{}}
		s.event("response.content_part.added", at(object{"content_index": 0, "part": part}))
		for _, piece := range pieces(a.text) {
			s.event("response.output_text.delta", at(object{"content_index": 0, "delta": piece}))
		}
		s.event("response.output_text.done", at(object{"content_index": 0, "text": a.text}))
	case "reasoning":
		s.event("response.reasoning_summary_part.added", at(object{"summary_index": 0, "part": object{"type": "summary_text", "text": ""}}))
		s.event("response.reasoning_summary_text.delta", at(object{"summary_index": 0, "delta": a.thought}))
		s.event("response.reasoning_summary_text.done", at(object{"summary_index": 0, "text": a.thought}))
	case "function_call":
		s.event("response.function_call_arguments.delta", at(object{"delta": item["arguments"]}))
		s.event("response.function_call_arguments.done", at(object{"arguments": item["arguments"]}))
	}
	s.event("response.output_item.done", object{"output_index": index, "item": item})
}

func wholeResponses(r Request, a answer) any {
	return object{"id": newID("resp"), "object": "response", "model": r.Model, "status": "completed",
		"output": responsesOutput(a), "usage": responsesUsage}
}
