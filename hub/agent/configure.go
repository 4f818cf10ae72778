package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/hub/agent/facts"
	"parley/hub/agent/profile"
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
	s.callFor(rules.Cause{Kind: rules.CauseOption, Key: requestID}, method, params, func(m wire.Message) { s.configured(requestID, optionID, value, method, m) })
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

// signInTimeout is how much longer an agent may take to start if it signs in first, since a
// person may have to open a page and type a code.
const signInTimeout = 10 * time.Minute

// client → agent: authenticate of version 1 and auth/login of version 2
type signInParams struct {
	MethodID string `json:"methodId"`
}

// SignIn implements [hub.Agent].
func (s *session) SignIn(requestID, methodID string) {
	cause := rules.Cause{Kind: rules.CauseOption, Key: requestID}
	s.callFor(cause, s.dialect.signInMethod(), signInParams{methodID}, func(m wire.Message) { s.signedIn(requestID, m) })
}

// signedIn passes on the answer to signing in.
func (s *session) signedIn(requestID string, m wire.Message) {
	done := rules.AgentConfigured{RequestID: requestID}
	if m.Error != nil {
		done.Err = errors.New(wire.ForPeople(wire.DecodeError(m.Error).Error(), maxFailure))
	}
	s.emit(done)
}

// signIn signs in while the agent starts, in one of the ways that it has announced. An
// empty id signs in nowhere. Its error wraps rules.ErrAuthRequired if the agent refuses.
func (s *session) signIn(ctx context.Context, methodID string) error {
	if methodID == "" {
		return nil
	}
	s.signingIn.Store(true)
	defer s.signingIn.Store(false)
	err := s.await(ctx, s.dialect.signInMethod(), signInParams{methodID}, nil)
	if answer, refused := errors.AsType[*wire.Error](err); refused {
		return &refusedSignIn{answer}
	}
	return s.classify(err)
}

// refusedSignIn reports that the agent does not sign in. It wraps rules.ErrAuthRequired.
type refusedSignIn struct{ answer *wire.Error }

func (e *refusedSignIn) Error() string {
	return "could not sign in: " + wire.ForPeople(e.answer.Error(), maxFailure)
}

func (e *refusedSignIn) Unwrap() []error { return []error{rules.ErrAuthRequired, e.answer} }

// invocation says how people can run the agent of a profile in a terminal, to sign in.
func invocation(p profile.Profile) facts.Invocation {
	switch p.Name {
	case profile.Demo:
		return facts.Invocation{Command: []string{"parley", "demo-agent"}}
	case profile.DemoV2:
		return facts.Invocation{Command: []string{"parley", "demo-agent", "--acp-version", "2"}}
	}
	return facts.Invocation{Command: p.Command, Variables: slices.Sorted(maps.Keys(p.Env))}
}
