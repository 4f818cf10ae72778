package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/agent/wire"
)

// protocolVersion is the version of the Agent Client Protocol that Parley speaks.
const protocolVersion = 1

// handshake makes the agent ready for a prompt: initialize, then session/load or
// session/new. An agent that cannot load the session gets a new one.
func (s *session) handshake(ctx context.Context, cwd, load, version string) error {
	params := initializeParams{ProtocolVersion: protocolVersion,
		ClientInfo: clientInfo{Name: "parley", Title: "Parley", Version: version}}
	var result initializeResult
	if err := s.await(ctx, "initialize", params, &result); err != nil {
		return s.classify(err)
	}
	if err := checkVersion(result.ProtocolVersion); err != nil {
		return &failedError{err, s.recentStderr()}
	}
	s.authMethods = result.AuthMethods
	s.canLoad = result.AgentCapabilities.LoadSession
	if load != "" {
		return s.resume(ctx, cwd, load)
	}
	return s.classify(s.begin(ctx, cwd))
}

// begin opens a new session.
func (s *session) begin(ctx context.Context, cwd string) error {
	s.facts.Begin(cwd)
	var opened sessionParams
	if err := s.await(ctx, "session/new", newOpenParams("", cwd), &opened); err != nil {
		return err
	}
	if opened.SessionID == "" {
		return errors.New("session/new returned no session id")
	}
	s.id = opened.SessionID
	return nil
}

// await sends a request and waits for the answer. It decodes the result into result
// unless that is nil.
func (s *session) await(ctx context.Context, method string, params, result any) error {
	answered := make(chan error, 1) // sent to once, by read; capacity 1, since await may have returned
	s.call(method, params, func(m wire.Message) {
		s.initialized.Store(true)
		if changed, ok := s.facts.Answered(method, m); ok {
			s.emitFacts(changed)
		}
		answered <- decodeAnswer(m, result)
	})
	select {
	case err := <-answered:
		return requestError(method, err)
	case <-s.drained:
	case <-ctx.Done():
		return s.contextError(ctx, method)
	}
	select {
	case err := <-answered: // the agent answered, then exited; the next request fails
		return requestError(method, err)
	default:
		return s.earlyExitError()
	}
}

func requestError(method string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s failed: %w", method, err)
}

func decodeAnswer(m wire.Message, result any) error {
	if m.Error != nil {
		return wire.DecodeError(m.Error)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		return fmt.Errorf("malformed result: %w", err)
	}
	return nil
}

// checkVersion compares the agent's version of the protocol with Parley's.
func checkVersion(version json.RawMessage) error {
	version = bytes.TrimSpace(version)
	if string(version) == fmt.Sprint(protocolVersion) {
		return nil
	}
	if len(version) == 0 {
		return fmt.Errorf("does not name a version of the Agent Client Protocol; Parley speaks version %d", protocolVersion)
	}
	return fmt.Errorf("speaks version %s of the Agent Client Protocol; Parley speaks version %d",
		wire.ForPeople(string(version), 40), protocolVersion)
}
