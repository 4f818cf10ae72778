package fakemodel

import (
	"encoding/json"
	"slices"
	"strings"
)

// Interface is one of the interfaces of model endpoints.
type Interface string

// Interfaces of model endpoints.
const (
	Chat      Interface = "chat completions"
	Responses Interface = "responses"
	Messages  Interface = "messages"
	Gemini    Interface = "generateContent"
)

// Request is what an agent has sent.
type Request struct {
	Interface Interface
	Path      string
	Model     string
	Messages  []Message
	Tools     []string        // names of the tools that the model may call
	Stream    bool            // whether the agent wants the answer in pieces
	JSON      bool            // whether the agent wants JSON of a schema of its own
	Raw       json.RawMessage // the whole body
}

// Roles of a [Message].
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
	Tool      = "tool"
)

// Message is a part of the conversation, in the same form for all interfaces. The results of
// tools are messages of the role Tool.
type Message struct {
	Role   string
	Text   string
	Images []string // base64
	Audio  []string // base64
	Calls  []Call

	parts []string // of Text
}

// addText adds a part.
func (m *Message) addText(text string) {
	if text == "" {
		return
	}
	if m.Text != "" {
		m.Text += "\n"
	}
	m.Text += text
	m.parts = append(m.parts, text)
}

func (m Message) isEmpty() bool {
	return m.Text == "" && len(m.Images) == 0 && len(m.Audio) == 0 && len(m.Calls) == 0
}

// Call is a tool call.
type Call struct {
	Name      string
	Arguments json.RawMessage
}

// Contains reports whether a message of a role has a text in it.
func (r Request) Contains(role, text string) bool {
	return slices.ContainsFunc(r.Messages, func(m Message) bool { return m.Role == role && strings.Contains(m.Text, text) })
}

// Last returns the last message of a role, or an empty one.
func (r Request) Last(role string) Message {
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == role {
			return m
		}
	}
	return Message{}
}

// HasImage reports whether a message of the user has an image, in base64.
func (r Request) HasImage(data string) bool {
	return slices.ContainsFunc(r.Messages, func(m Message) bool { return m.Role == User && slices.Contains(m.Images, data) })
}

// HasAudio reports whether a message of the user has a sound, in base64.
func (r Request) HasAudio(data string) bool {
	return slices.ContainsFunc(r.Messages, func(m Message) bool { return m.Role == User && slices.Contains(m.Audio, data) })
}
