package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/hub"
	"parley/hub/agent/wire"
)

// protocolVersion is the version of the Agent Client Protocol that is spoken.
const protocolVersion = 1

// handshake makes the agent ready for a prompt: initialize, then session/new or
// session/load. Every answer may take as long as timeout.
func (s *session) handshake(ctx context.Context, cwd, load, version string, timeout time.Duration) error {
	hello := initializeParams{ProtocolVersion: protocolVersion,
		ClientInfo: clientInfo{Name: "parley", Title: "Parley", Version: version}}
	var able initializeResult
	if err := s.await(ctx, timeout, "initialize", hello, &able); err != nil {
		return err
	}
	if able.ProtocolVersion != protocolVersion {
		return fmt.Errorf("speaks version %d of the protocol, not %d", able.ProtocolVersion, protocolVersion)
	}
	s.canLoad = able.AgentCapabilities.LoadSession
	if load == "" {
		return s.begin(ctx, cwd, timeout)
	}
	if !s.canLoad {
		return hub.ErrCannotLoad
	}
	s.id = load
	s.loading.Store(true)
	return s.await(ctx, timeout, "session/load", openParams{SessionID: load, Cwd: cwd, MCPServers: []any{}}, nil)
}

// begin opens a new session.
func (s *session) begin(ctx context.Context, cwd string, timeout time.Duration) error {
	var opened sessionParams
	if err := s.await(ctx, timeout, "session/new", openParams{Cwd: cwd, MCPServers: []any{}}, &opened); err != nil {
		return err
	}
	if opened.SessionID == "" {
		return errors.New("answered session/new without a session id")
	}
	s.id = opened.SessionID
	return nil
}

// await asks the agent and waits for the answer.
func (s *session) await(ctx context.Context, timeout time.Duration, method string, params, result any) error {
	answer := make(chan error, 1) // sent by read, once
	s.call(method, params, func(m wire.Message) {
		s.greeted.Store(true)
		s.loading.Store(false) // updates after the answer to session/load are new
		answer <- readAnswer(m, result)
	})
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case err := <-answer:
		if err != nil {
			return fmt.Errorf("answered %s with: %w", method, err)
		}
		return nil
	case <-s.lost:
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("did not answer %s within %v", method, timeout)
	}
	select {
	case err := <-answer: // it answered and exited; the next step notices
		return err
	default:
		return s.lostEarly()
	}
}

func readAnswer(m wire.Message, result any) error {
	if m.Error != nil {
		return wire.ReadError(m.Error)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

// lostEarly words the end of an agent that was not ready yet.
func (s *session) lostEarly() error {
	const most = 600
	end := s.end()
	text := end.text + " before it was ready"
	if s.stray.bytes > maxNonsense {
		text = fmt.Sprintf("wrote %d KiB to its standard output that are no messages of the Agent Client Protocol", s.stray.bytes>>10)
	}
	tail := strings.TrimSpace(end.stderr)
	if len(tail) > most {
		tail = "…" + strings.ToValidUTF8(tail[len(tail)-most:], "")
	}
	if tail != "" {
		text += "; it wrote: " + tail
	}
	return errors.New(text)
}
