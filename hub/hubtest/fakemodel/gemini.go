package fakemodel

import (
	"encoding/json"
	"strings"
)

// geminiRequest is a request of Gemini's generateContent.
type geminiRequest struct {
	SystemInstruction geminiContent   `json:"systemInstruction"`
	Contents          []geminiContent `json:"contents"`
	Tools             []struct {
		FunctionDeclarations []struct {
			Name string `json:"name"`
		} `json:"functionDeclarations"`
	} `json:"tools"`
	GenerationConfig struct {
		ResponseMimeType string `json:"responseMimeType"`
	} `json:"generationConfig"`
}

type geminiContent struct {
	Role  string `json:"role"`
	Parts []struct {
		Text       string `json:"text"`
		InlineData struct {
			MimeType string `json:"mimeType"`
			Data     string `json:"data"`
		} `json:"inlineData"`
		FunctionCall *struct {
			Name string          `json:"name"`
			Args json.RawMessage `json:"args"`
		} `json:"functionCall"`
		FunctionResponse *struct {
			Response json.RawMessage `json:"response"`
		} `json:"functionResponse"`
	} `json:"parts"`
}

func decodeGemini(path string, body []byte) (Request, error) {
	var in geminiRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, err
	}
	model, method, _ := strings.Cut(path[strings.LastIndexByte(path, '/')+1:], ":")
	r := Request{Interface: Gemini, Path: path, Model: model, Stream: method == "streamGenerateContent",
		JSON: in.GenerationConfig.ResponseMimeType == "application/json", Raw: body}
	if len(in.SystemInstruction.Parts) > 0 {
		r.Messages = in.SystemInstruction.messages(System)
	}
	for _, c := range in.Contents {
		role := User
		if c.Role == "model" {
			role = Assistant
		}
		r.Messages = append(r.Messages, c.messages(role)...)
	}
	for _, t := range in.Tools {
		for _, f := range t.FunctionDeclarations {
			r.Tools = append(r.Tools, f.Name)
		}
	}
	return r, nil
}

// messages returns the content as a message of a role, after the results of tools in it.
func (c geminiContent) messages(role string) []Message {
	m := Message{Role: role}
	var results []Message
	for _, p := range c.Parts {
		m.addText(p.Text)
		switch {
		case p.InlineData.Data == "":
		case strings.HasPrefix(p.InlineData.MimeType, "audio/"):
			m.Audio = append(m.Audio, p.InlineData.Data)
		default:
			m.Images = append(m.Images, p.InlineData.Data)
		}
		if p.FunctionCall != nil {
			m.Calls = append(m.Calls, Call{p.FunctionCall.Name, p.FunctionCall.Args})
		}
		if p.FunctionResponse != nil {
			results = append(results, Message{Role: Tool, Text: string(p.FunctionResponse.Response)})
		}
	}
	if m.isEmpty() {
		return results
	}
	return append(results, m)
}

var geminiUsage = object{"promptTokenCount": promptTokens, "candidatesTokenCount": answerTokens, "totalTokenCount": promptTokens + answerTokens}

// geminiResponse returns a response with parts; the last one of an answer is finished.
func geminiResponse(r Request, parts list, finished bool) object {
	candidate := object{"index": 0, "content": object{"role": "model", "parts": parts}}
	response := object{"candidates": list{candidate}, "modelVersion": r.Model}
	if finished {
		candidate["finishReason"] = "STOP"
		response["usageMetadata"] = geminiUsage
	}
	return response
}

func geminiThought(a answer) object { return object{"text": a.thought, "thought": true} }

func geminiCall(c *Call) object {
	return object{"functionCall": object{"id": newID("call"), "name": c.Name, "args": c.Arguments}}
}

func streamGemini(s *stream, r Request, a answer) {
	if a.thought != "" {
		s.data(geminiResponse(r, list{geminiThought(a)}, false))
	}
	if a.text != "" {
		for _, piece := range pieces(a.text) {
			s.data(geminiResponse(r, list{object{"text": piece}}, false))
		}
	}
	if a.stall {
		s.stall()
		return
	}
	if a.call != nil {
		s.data(geminiResponse(r, list{geminiCall(a.call)}, false))
	}
	s.data(geminiResponse(r, list{object{"text": ""}}, true))
}

func wholeGemini(r Request, a answer) any {
	parts := list{}
	if a.thought != "" {
		parts = append(parts, geminiThought(a))
	}
	if a.text != "" {
		parts = append(parts, object{"text": a.text})
	}
	if a.call != nil {
		parts = append(parts, geminiCall(a.call))
	}
	return geminiResponse(r, parts, true)
}
