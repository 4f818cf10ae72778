package fakemodel

import (
	"encoding/json"
	"fmt"
	"strings"
)

// chatRequest is a request of OpenAI's chat completions.
type chatRequest struct {
	Model          string          `json:"model"`
	Stream         bool            `json:"stream"`
	ResponseFormat json.RawMessage `json:"response_format"`
	Messages       []struct {
		Role      string          `json:"role"`
		Content   json.RawMessage `json:"content"` // a text or parts
		ToolCalls []struct {
			Function struct {
				Name      string `json:"name"`
				Arguments string `json:"arguments"`
			} `json:"function"`
		} `json:"tool_calls"`
	} `json:"messages"`
	Tools []struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	} `json:"tools"`
}

func decodeChat(path string, body []byte) (Request, error) {
	var in chatRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, err
	}
	r := Request{Interface: Chat, Path: path, Model: in.Model, Stream: in.Stream, JSON: len(in.ResponseFormat) > 0, Raw: body}
	for _, m := range in.Messages {
		out, err := decodeContent(m.Content)
		if err != nil {
			return Request{}, err
		}
		out.Role = m.Role
		if m.Role == "developer" {
			out.Role = System
		}
		for _, c := range m.ToolCalls {
			out.Calls = append(out.Calls, Call{c.Function.Name, json.RawMessage(c.Function.Arguments)})
		}
		r.Messages = append(r.Messages, out)
	}
	for _, t := range in.Tools {
		r.Tools = append(r.Tools, t.Function.Name)
	}
	return r, nil
}

// decodeContent decodes the content of a message, which is a text or a list of parts. It
// knows the parts of OpenAI's and Anthropic's interfaces.
func decodeContent(content json.RawMessage) (m Message, err error) {
	if len(content) == 0 || string(content) == "null" {
		return Message{}, nil
	}
	var text string
	if json.Unmarshal(content, &text) == nil {
		m.addText(text)
		return m, nil
	}
	var parts []struct {
		Text     string          `json:"text"`
		ImageURL json.RawMessage `json:"image_url"` // a URL, or an object with one
		Source   struct {
			Data string `json:"data"`
		} `json:"source"`
		InputAudio struct {
			Data string `json:"data"` // base64, or a data URL
		} `json:"input_audio"`
	}
	if err := json.Unmarshal(content, &parts); err != nil {
		return Message{}, fmt.Errorf("content of a message: %w", err)
	}
	for _, p := range parts {
		m.addText(p.Text)
		if p.Source.Data != "" {
			m.Images = append(m.Images, p.Source.Data)
		}
		if data := imageData(p.ImageURL); data != "" {
			m.Images = append(m.Images, data)
		}
		if sound := p.InputAudio.Data; sound != "" {
			m.Audio = append(m.Audio, sound[strings.IndexByte(sound, ',')+1:])
		}
	}
	return m, nil
}

// imageData returns the data of an image that is given as a data URL, in base64.
func imageData(image json.RawMessage) string {
	var url string
	var wrapped struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(image, &url) != nil && json.Unmarshal(image, &wrapped) == nil {
		url = wrapped.URL
	}
	_, data, _ := strings.Cut(url, ";base64,")
	return data
}

var chatUsage = object{"prompt_tokens": promptTokens, "completion_tokens": answerTokens, "total_tokens": promptTokens + answerTokens}

func chatCall(c *Call) object {
	return object{"index": 0, "id": newID("call"), "type": "function",
		"function": object{"name": c.Name, "arguments": string(c.Arguments)}}
}

func finishReason(a answer) string {
	if a.call != nil {
		return "tool_calls"
	}
	return "stop"
}

func streamChat(s *stream, r Request, a answer) {
	id := newID("chatcmpl")
	chunk := func(delta object, finish any) {
		s.data(object{"id": id, "object": "chat.completion.chunk", "created": 1, "model": r.Model,
			"choices": list{object{"index": 0, "delta": delta, "finish_reason": finish}}})
	}
	chunk(object{"role": "assistant", "content": ""}, nil)
	if a.thought != "" {
		chunk(object{"reasoning_content": a.thought}, nil)
	}
	if a.text != "" {
		for _, piece := range pieces(a.text) {
			chunk(object{"content": piece}, nil)
		}
	}
	if a.stall {
		s.stall()
		return
	}
	if a.call != nil {
		chunk(object{"tool_calls": list{chatCall(a.call)}}, nil)
	}
	chunk(object{}, finishReason(a))
	s.data(object{"id": id, "object": "chat.completion.chunk", "created": 1, "model": r.Model, "choices": list{}, "usage": chatUsage})
	s.end("[DONE]")
}

func wholeChat(r Request, a answer) any {
	message := object{"role": "assistant", "content": a.text}
	if a.call != nil {
		message["tool_calls"] = list{chatCall(a.call)}
	}
	return object{"id": newID("chatcmpl"), "object": "chat.completion", "created": 1, "model": r.Model, "usage": chatUsage,
		"choices": list{object{"index": 0, "message": message, "finish_reason": finishReason(a)}}}
}
