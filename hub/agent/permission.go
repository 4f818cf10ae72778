package agent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

var errNoQuestion = errors.New("a toolCall and one or more options with an optionId are needed")

// errSameOption refuses a request in which an optionId does not identify an option, so
// that people would choose one and the agent understand the other.
var errSameOption = errors.New("two options have the same optionId")

// askPermission passes a permission request on.
func (s *session) askPermission(m wire.Message) {
	p, err := s.dialect.decodePermission(m.Params)
	if err == nil && s.maxEvent > 0 && p.size() > s.maxEvent {
		err = p.shorten(s.maxEvent)
	}
	if err != nil {
		s.refuse(m, wire.CodeInvalidParams, err.Error())
		return
	}
	requestID := uuid.NewString()
	if !s.addQuestion(requestID, pendingQuestion{id: bytes.Clone(m.ID), bytes: p.size()}) {
		s.refuse(m, wire.CodeInternal, errTooManyQuestions.Error())
		return
	}
	s.emit(rules.AgentPermission{RequestID: requestID, RPC: s.rpc(m.ID),
		ToolCall: p.ToolCall, Options: p.Options, Choices: p.choices, Title: p.title, Description: p.description})
}

// rpc returns the agent's id of a request in the form in which the host session stores it;
// empty for an agent that does not outlive the server.
func (s *session) rpc(id json.RawMessage) string {
	if !s.outlives() {
		return ""
	}
	return string(id)
}

// permission has the params of session/request_permission, as in version 1.
type permission struct {
	ToolCall json.RawMessage `json:"toolCall"`
	Options  json.RawMessage `json:"options"`

	title, description string // of the question itself, in version 2

	choices []rules.AgentOption // decoded Options
}

// decodeOptions decodes p.Options into p.choices.
func (p *permission) decodeOptions() error {
	if err := json.Unmarshal(p.Options, &p.choices); err != nil || len(p.choices) == 0 {
		return errNoQuestion
	}
	ids := map[string]bool{}
	for _, choice := range p.choices {
		if choice.ID == "" {
			return errNoQuestion
		}
		if ids[choice.ID] {
			return errSameOption
		}
		ids[choice.ID] = true
	}
	return nil
}

// size returns the size of the texts of the request in bytes.
func (p *permission) size() int {
	return len(p.ToolCall) + len(p.Options) + len(p.title) + len(p.description)
}

// shortToolCall replaces a tool call that is too long.
type shortToolCall struct {
	ToolCallID string `json:"toolCallId"`
	Title      string `json:"title,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Meta       struct {
		Oversized struct {
			Bytes  int    `json:"bytes"`
			SHA256 string `json:"sha256"`
		} `json:"_parley/oversized"`
	} `json:"_meta"`
}

// shorten replaces the tool call by its names, size and digest. It returns an error if
// the request then still exceeds a size in bytes: options are never shortened, since
// each can be chosen.
func (p *permission) shorten(maxSize int) error {
	var call struct{ ToolCallID, Title, Kind string }
	if err := json.Unmarshal(p.ToolCall, &call); err != nil {
		return err
	}
	digest := sha256.Sum256(p.ToolCall)
	short := shortToolCall{ToolCallID: truncateName(call.ToolCallID), Title: truncateName(call.Title), Kind: truncateName(call.Kind)}
	short.Meta.Oversized.Bytes = len(p.ToolCall)
	short.Meta.Oversized.SHA256 = hex.EncodeToString(digest[:])
	encoded, err := json.Marshal(short)
	if err != nil {
		return err
	}
	p.ToolCall = encoded
	if p.size() > maxSize {
		return errors.New("the options are too long")
	}
	return nil
}
