package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// handshake makes the agent ready for a prompt: initialize, signing in if that is wanted,
// then a request that opens an earlier session, or session/new. An agent that cannot open the earlier session gets a
// new one.
func (s *session) handshake(ctx context.Context, spec rules.LaunchSpec, cwd string, opts Options) error {
	result, err := s.initialize(ctx, opts.Version, opts.ProtocolVersion)
	if err != nil {
		return err
	}
	s.authMethods = result.AuthMethods
	s.reopenings = s.dialect.reopenings(result)
	s.closes, s.lists = s.dialect.offers(result, "close"), s.dialect.offers(result, "list")
	s.deletes = s.dialect.offers(result, "delete")
	s.opening = newOpening(s.profile, result)
	if err := s.signIn(ctx, spec.SignIn); err != nil {
		return err
	}
	switch {
	case spec.List:
		return nil
	case spec.Fork != "":
		return s.fork(ctx, cwd, spec.Fork, s.dialect.offers(result, "fork"))
	case spec.Load != "":
		return s.reopen(ctx, cwd, spec)
	}
	return s.classify(s.begin(ctx, cwd))
}

// initialize agrees on a version of the protocol, at most newest. An agent that answers
// the newest version with an error is asked again with version 1, since some agents refuse
// a version that they do not know instead of naming one.
func (s *session) initialize(ctx context.Context, version string, newest int) (result initializeResult, err error) {
	for asked := newest; ; asked = version1 {
		err = s.await(ctx, "initialize", newInitializeParams(version, asked), &result)
		answer, refused := errors.AsType[*wire.Error](err)
		if refused && answer.Code == wire.CodeUnsupported {
			err = unsupportedError(answer, newest)
			break
		}
		if !refused || asked == version1 || answer.Code == wire.CodeAuthRequired {
			break
		}
	}
	if err != nil {
		return result, s.classify(err)
	}
	if _, err := checkVersion(result.ProtocolVersion, newest); err != nil {
		return result, &failedError{err, s.recentStderr()}
	}
	return result, nil
}

// chooseDialect takes the answer to initialize. It is called by read.
func (s *session) chooseDialect(m wire.Message) {
	var result initializeResult
	if m.Error != nil || json.Unmarshal(m.Result, &result) != nil {
		return
	}
	var announced struct{ AgentCapabilities, Capabilities json.RawMessage }
	_ = json.Unmarshal(m.Result, &announced) // as before
	for _, capabilities := range []json.RawMessage{announced.Capabilities, announced.AgentCapabilities} {
		if support := rules.SupportIn(capabilities); support != (rules.ContentSupport{}) {
			s.blocks.Support = support
			break
		}
	}
	if version, err := checkVersion(result.ProtocolVersion, version2); err == nil {
		s.dialect = s.newDialect(version)
	}
}

// begin opens a new session.
func (s *session) begin(ctx context.Context, cwd string) error {
	s.continued = protocol.ContinuedNew
	return s.openNamed(ctx, "session/new", "", cwd)
}

// openNamed opens a session whose id the agent chooses. from is the id of the session that
// it begins with; empty for none.
func (s *session) openNamed(ctx context.Context, method, from, cwd string) error {
	s.facts.Begin(cwd, s.opening.notes)
	var opened sessionParams
	if err := s.await(ctx, method, s.opening.params(from, cwd), &opened); err != nil {
		return err
	}
	if opened.SessionID == "" {
		return fmt.Errorf("%s returned no session id", method)
	}
	s.id = opened.SessionID
	return nil
}

// await sends a request and waits for the answer. It decodes the result into result
// unless that is nil.
func (s *session) await(ctx context.Context, method string, params, result any) error {
	answered := make(chan error, 1) // sent to once, by read; capacity 1, since await may have returned
	s.call(method, params, func(m wire.Message) {
		if method == "initialize" {
			s.chooseDialect(m)
		}
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
