package agent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// maxPermissions bounds the permission requests that wait at one time. One more
// is refused with an error: no agent works on so many things at once.
const maxPermissions = 256

// A permission request stays in memory until it is answered, and a single one can
// have as many bytes as an event.
const (
	maxAsked    = 8 << 20  // bytes of what one agent asks at one time; one question more is refused
	maxAskedAll = 64 << 20 // of what all agents of a launcher ask
)

// asked is a permission request that waits.
type asked struct {
	id    json.RawMessage // the agent's
	bytes int
}

var errNoQuestion = errors.New("a toolCall and one or more options with an optionId are needed")

// errSameOption refuses what would have people choose one option and the agent
// hear another.
var errSameOption = errors.New("two options have the same optionId")

// requested answers or passes on a request of the agent.
func (s *session) requested(m wire.Message) {
	if m.Method != "session/request_permission" {
		s.refuse(m, wire.CodeMethodNotFound, "not supported: "+brief(m.Method))
		return
	}
	ask, err := readPermission(m.Params)
	if err == nil && s.maxEvent > 0 && len(ask.ToolCall)+len(ask.Options) > s.maxEvent {
		err = ask.shorten(s.maxEvent)
	}
	if err != nil {
		s.refuse(m, wire.CodeInvalidParams, err.Error())
		return
	}
	requestID := uuid.NewString()
	if !s.admit(requestID, asked{bytes.Clone(m.ID), len(ask.ToolCall) + len(ask.Options)}) {
		s.refuse(m, wire.CodeInternal, "too many permission requests at once, or they are too long together")
		return
	}
	s.tell(rules.AgentPermission{RequestID: requestID,
		ToolCall: ask.ToolCall, Options: ask.Options, Choices: ask.choices})
}

// admit notes a permission request that waits, if there is room for it. What is
// alone always has room.
func (s *session) admit(requestID string, a asked) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.permissions) >= maxPermissions || len(s.permissions) > 0 && s.askedBytes+a.bytes > maxAsked {
		return false
	}
	switch {
	case s.askedAll.Take(a.bytes, maxAskedAll):
	case len(s.permissions) > 0:
		return false
	default:
		s.askedAll.Add(a.bytes)
	}
	s.permissions[requestID] = a
	s.askedBytes += a.bytes
	return true
}

// settled forgets a permission request, and returns the agent's id of it. Its
// caller holds mu.
func (s *session) settled(requestID string) (json.RawMessage, bool) {
	a, waits := s.permissions[requestID]
	delete(s.permissions, requestID)
	s.askedBytes -= a.bytes
	s.askedAll.Add(-a.bytes)
	return a.id, waits
}

// forgetAsked gives back what an agent that has ended was asking.
func (s *session) forgetAsked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for requestID := range s.permissions {
		s.settled(requestID)
	}
}

// refuse answers with an error. It waits for room in the outbox, and the agent
// is not read meanwhile.
func (s *session) refuse(m wire.Message, code int, message string) {
	s.log.Debug("refused a request of the agent", zap.String("method", brief(m.Method)), zap.Int("code", code))
	s.out.put(wire.Failure(bytes.Clone(m.ID), &wire.Error{Code: code, Message: message}))
}

// withdrawn takes a permission request back. The request still gets its answer:
// the protocol asks for one, and this one every agent knows.
func (s *session) withdrawn(m wire.Message) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &params) != nil {
		return
	}
	key := wire.IDKey(params.RequestID)
	s.mu.Lock()
	requestID := ""
	for ours, theirs := range s.permissions {
		if wire.IDKey(theirs.id) == key {
			requestID = ours
		}
	}
	s.mu.Unlock()
	if requestID != "" {
		s.Respond(requestID, "")
		s.tell(rules.AgentWithdrawn{RequestID: requestID})
	}
}

// permission is what an agent asks.
type permission struct {
	ToolCall json.RawMessage `json:"toolCall"`
	Options  json.RawMessage `json:"options"`
	choices  []rules.AgentOption
}

// readPermission copies out of params what is asked.
func readPermission(params json.RawMessage) (permission, error) {
	var ask permission
	if err := json.Unmarshal(params, &ask); err != nil {
		return ask, err
	}
	if err := json.Unmarshal(ask.Options, &ask.choices); err != nil || len(ask.choices) == 0 {
		return ask, errNoQuestion
	}
	ids := map[string]bool{}
	for _, choice := range ask.choices {
		if choice.ID == "" {
			return ask, errNoQuestion
		}
		if ids[choice.ID] {
			return ask, errSameOption
		}
		ids[choice.ID] = true
	}
	if len(ask.ToolCall) == 0 || ask.ToolCall[0] != '{' {
		return ask, errNoQuestion
	}
	return ask, nil
}

// shorten puts the names, the size and the digest of a tool call in its place
// if that makes it fit. It does not cut options: all of them can be chosen.
func (ask *permission) shorten(most int) error {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title,omitempty"`
		Kind       string `json:"kind,omitempty"`
		Meta       any    `json:"_meta"`
	}
	if err := json.Unmarshal(ask.ToolCall, &call); err != nil {
		return err
	}
	digest := sha256.Sum256(ask.ToolCall)
	call.ToolCallID, call.Title, call.Kind = brief(call.ToolCallID), brief(call.Title), brief(call.Kind)
	call.Meta = map[string]any{"_parley/oversized": map[string]any{
		"bytes": len(ask.ToolCall), "sha256": hex.EncodeToString(digest[:])}}
	short, err := json.Marshal(call)
	if err != nil {
		return err
	}
	ask.ToolCall = short
	if len(short)+len(ask.Options) > most {
		return errors.New("the options are too long")
	}
	return nil
}
