package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/hub/agent/wire"
)

// protocolVersion is the version of the Agent Client Protocol that is spoken.
const protocolVersion = 1

// handshake makes the agent ready for a prompt: initialize, then session/load or
// session/new. When it cannot load the session, it gets a new one.
func (s *session) handshake(ctx context.Context, cwd, load, version string) error {
	hello := initializeParams{ProtocolVersion: protocolVersion,
		ClientInfo: clientInfo{Name: "parley", Title: "Parley", Version: version}}
	var able initializeResult
	if err := s.await(ctx, "initialize", hello, &able); err != nil {
		return s.explained(err)
	}
	if err := checkVersion(able.ProtocolVersion); err != nil {
		return &failedError{err, s.lastWords()}
	}
	s.methods = able.AuthMethods
	s.canLoad = able.AgentCapabilities.LoadSession
	if load != "" {
		return s.resume(ctx, cwd, load)
	}
	return s.explained(s.begin(ctx, cwd))
}

// begin opens a new session.
func (s *session) begin(ctx context.Context, cwd string) error {
	s.facts.begin(cwd)
	var opened sessionParams
	if err := s.await(ctx, "session/new", openParams{Cwd: cwd, MCPServers: []any{}}, &opened); err != nil {
		return err
	}
	if opened.SessionID == "" {
		return errors.New("answered session/new without a session id")
	}
	s.id = opened.SessionID
	return nil
}

// await asks the agent and waits for the answer.
func (s *session) await(ctx context.Context, method string, params, result any) error {
	answer := make(chan error, 1) // sent by read, once
	s.call(method, params, func(m wire.Message) {
		s.greeted.Store(true)
		if said, some := s.facts.answered(method, m); some {
			s.known(said)
		}
		answer <- readAnswer(m, result)
	})
	select {
	case err := <-answer:
		return answeredWith(method, err)
	case <-s.lost:
	case <-ctx.Done():
		return s.outOfTime(ctx, method)
	}
	select {
	case err := <-answer: // it answered and exited; the next step notices
		return answeredWith(method, err)
	default:
		return s.lostEarly()
	}
}

func answeredWith(method string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("answered %s with: %w", method, err)
}

func readAnswer(m wire.Message, result any) error {
	if m.Error != nil {
		return wire.ReadError(m.Error)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		return fmt.Errorf("what cannot be read: %w", err)
	}
	return nil
}

// checkVersion compares the version that the agent answers with ours.
func checkVersion(answered json.RawMessage) error {
	answered = bytes.TrimSpace(answered)
	if string(answered) == fmt.Sprint(protocolVersion) {
		return nil
	}
	if len(answered) == 0 {
		return fmt.Errorf("names no version of the Agent Client Protocol; Parley speaks version %d", protocolVersion)
	}
	return fmt.Errorf("speaks version %s of the Agent Client Protocol; Parley speaks version %d",
		wire.ForPeople(string(answered), 40), protocolVersion)
}

// startTimeoutError is the cause of a context that ends because the agent's time
// to start is over.
type startTimeoutError struct{ limit time.Duration }

func (e *startTimeoutError) Error() string {
	return fmt.Sprintf("did not get ready within %v", e.limit)
}

// outOfTime words the end of the time to start; any other end of ctx is the
// caller's.
func (s *session) outOfTime(ctx context.Context, method string) error {
	var late *startTimeoutError
	if !errors.As(context.Cause(ctx), &late) {
		return ctx.Err()
	}
	text := fmt.Sprintf("%v: it has not answered %s", late, method)
	if words := s.lastWords(); words != "" {
		text += "; its last words: " + words
	}
	return &lateError{text}
}

// lateError says that the time to start was over.
type lateError struct{ text string }

func (e *lateError) Error() string { return e.text }

func isLate(err error) bool {
	_, late := errors.AsType[*lateError](err)
	return late
}

// lostEarly words the end of an agent that was not ready yet.
func (s *session) lostEarly() error {
	if s.stray.bytes > maxNonsense {
		return fmt.Errorf("wrote %d KiB to its standard output that are no messages of the Agent Client Protocol", s.stray.bytes>>10)
	}
	return errors.New(s.end().text + " before it was ready")
}
