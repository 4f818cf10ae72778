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

// maxPermissions is the maximum number of pending permission requests of an agent.
// Further ones are refused with an error.
const maxPermissions = 256

// A permission request stays in memory until it is answered, and may be as large as an
// event, so their total size is bounded too. Further requests are refused with an error.
const (
	maxPermissionBytes    = 8 << 20  // of one agent
	maxAllPermissionBytes = 64 << 20 // of all agents of a launcher
)

// pendingPermission is a permission request that waits for an answer.
type pendingPermission struct {
	id    json.RawMessage // the agent's
	bytes int             // size of the tool call and the options
}

var errNoQuestion = errors.New("a toolCall and one or more options with an optionId are needed")

// errSameOption refuses a request in which an optionId does not identify an option, so
// that people would choose one and the agent understand the other.
var errSameOption = errors.New("two options have the same optionId")

// handleRequest passes a permission request on, and refuses other requests of the
// agent.
func (s *session) handleRequest(m wire.Message) {
	if m.Method != "session/request_permission" {
		s.refuse(m, wire.CodeMethodNotFound, "not supported: "+truncateName(m.Method))
		return
	}
	p, err := s.dialect.decodePermission(m.Params)
	if err == nil && s.maxEvent > 0 && p.size() > s.maxEvent {
		err = p.shorten(s.maxEvent)
	}
	if err != nil {
		s.refuse(m, wire.CodeInvalidParams, err.Error())
		return
	}
	requestID := uuid.NewString()
	if !s.addPermission(requestID, pendingPermission{bytes.Clone(m.ID), p.size()}) {
		s.refuse(m, wire.CodeInternal, "too many permission requests are pending, or they are too large together")
		return
	}
	s.emit(rules.AgentPermission{RequestID: requestID,
		ToolCall: p.ToolCall, Options: p.Options, Choices: p.choices, Title: p.title, Description: p.description})
}

// addPermission adds a pending permission request if there is room for it. There always
// is for an agent's only one.
func (s *session) addPermission(requestID string, p pendingPermission) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.permissions) >= maxPermissions || len(s.permissions) > 0 && s.permissionBytes+p.bytes > maxPermissionBytes {
		return false
	}
	switch {
	case s.allPermissionBytes.Take(p.bytes, maxAllPermissionBytes):
	case len(s.permissions) > 0:
		return false
	default:
		s.allPermissionBytes.Add(p.bytes)
	}
	s.permissions[requestID] = p
	s.permissionBytes += p.bytes
	return true
}

// takePermission removes a pending permission request, and returns the agent's id of
// it. The caller holds s.mu.
func (s *session) takePermission(requestID string) (id json.RawMessage, pending bool) {
	p, pending := s.permissions[requestID]
	delete(s.permissions, requestID)
	s.permissionBytes -= p.bytes
	s.allPermissionBytes.Add(-p.bytes)
	return p.id, pending
}

// dropPermissions removes the pending permission requests of an agent that has ended.
func (s *session) dropPermissions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for requestID := range s.permissions {
		s.takePermission(requestID)
	}
}

// refuse answers a request with an error. It waits for room in the outbox; the agent's
// output is not read meanwhile.
func (s *session) refuse(m wire.Message, code int, message string) {
	s.log.Debug("refused a request of the agent", zap.String("method", truncateName(m.Method)), zap.Int("code", code))
	line := wire.Failure(bytes.Clone(m.ID), &wire.Error{Code: code, Message: message})
	s.out.put(func() []byte { return line })
}

// handleCancelRequest withdraws a permission request. It still answers the request, as
// cancelled, since the protocol requires an answer and every agent knows that one.
func (s *session) handleCancelRequest(m wire.Message) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &params) != nil {
		return
	}
	if requestID := s.findPermission(params.RequestID); requestID != "" {
		s.Respond(requestID, "")
		s.emit(rules.AgentWithdrawn{RequestID: requestID})
	}
}

// findPermission returns the request id of a pending permission request by the agent's
// id, or "".
func (s *session) findPermission(id json.RawMessage) string {
	key := wire.IDKey(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	for requestID, p := range s.permissions {
		if wire.IDKey(p.id) == key {
			return requestID
		}
	}
	return ""
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
