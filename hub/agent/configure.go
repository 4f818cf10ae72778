package agent

import (
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/agent/facts"
	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// Requests that set an option. Agents that announce modes or models of version 1, and no
// option for them, have requests of their own for these.
type (
	// client → agent: session/set_config_option
	setOptionParams struct {
		SessionID string          `json:"sessionId"`
		ConfigID  string          `json:"configId"`
		Type      string          `json:"type,omitempty"` // boolean; for a string, id in version 2 and empty in version 1
		Value     json.RawMessage `json:"value"`
	}
	// client → agent: session/set_mode
	setModeParams struct {
		SessionID string          `json:"sessionId"`
		ModeID    json.RawMessage `json:"modeId"`
	}
	// client → agent: session/set_model
	setModelParams struct {
		SessionID string          `json:"sessionId"`
		ModelID   json.RawMessage `json:"modelId"`
	}
)

// Configure implements [hub.Agent].
func (s *session) Configure(requestID, optionID string, value json.RawMessage) {
	method := s.facts.SetMethod(optionID)
	var params any
	switch method {
	case facts.SetMode:
		params = setModeParams{s.id, value}
	case facts.SetModel:
		params = setModelParams{s.id, value}
	default:
		params = setOptionParams{SessionID: s.id, ConfigID: optionID, Type: s.dialect.optionType(value), Value: value}
	}
	s.call(method, params, func(m wire.Message) { s.configured(requestID, optionID, value, method, m) })
}

// configured passes on the answer to a change of an option. The agent's list of options
// decides whether the option has the value.
func (s *session) configured(requestID, optionID string, value json.RawMessage, method string, m wire.Message) {
	done := rules.AgentConfigured{RequestID: requestID}
	if m.Error != nil {
		done.Err = errors.New(wire.ForPeople(wire.DecodeError(m.Error).Error(), maxFailure))
		s.emit(done)
		return
	}
	changed, current := s.facts.Set(method, optionID, value, m.Result)
	s.emitFacts(changed)
	if len(current) > 0 && !protocol.SameConfigValue(current, value) {
		done.Err = fmt.Errorf("the agent has set %s instead", wire.ForPeople(string(current), maxFailure))
	}
	s.emit(done)
}

// maxFailure is the maximum length of the reason for a failed change in bytes.
const maxFailure = 1000
