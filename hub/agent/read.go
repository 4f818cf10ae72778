package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/zap"

	"parley/hub/agent/peer"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// read reads the agent's output until its end, and passes it on in order.
func (s *session) read(lines *wire.Reader) {
	for s.checkStrayOutput() {
		s.pause()
		line, err := lines.Next()
		if err != nil && !errors.Is(err, wire.ErrTooLong) {
			break
		}
		s.line = s.nextLine()
		switch {
		case s.line.before(s.seen): // sent again; all sessions have it
		case err != nil:
			s.skip(line, s.maxLine, err)
		default:
			s.handle(line)
			s.remember()
		}
		s.line.end()
		s.line = framedLine{}
	}
	if s.left.Load() {
		s.dropQuestions()
		return
	}
	// An agent that has closed its output, but has not exited, is of no use.
	if err := s.shutDown(context.Background()); err != nil {
		s.log.Error("the agent does not exit", zap.Error(err))
	}
	if s.stray.lines > 0 {
		s.log.Warn("the agent wrote lines that are not messages", zap.Int("lines", s.stray.lines))
	}
	close(s.drained)
	s.line = s.nextLine()
	if <-s.launched {
		end := s.exit()
		s.emit(rules.AgentExited{ExitCode: end.Code, StderrTail: printable(end.Stderr)})
	}
	s.line.end()
	s.dropLines()
	s.dropQuestions()
	close(s.ended)
}

// exit describes how the agent ended.
func (s *session) exit() peer.Exit {
	select {
	case <-s.peer.Gone():
		return s.peer.Exit()
	default:
		return peer.Exit{Text: "does not end"}
	}
}

func (s *session) handle(line []byte) {
	if !s.loading.Load() || s.replaying.Load() {
		s.growth.add(lineCost)
	}
	if len(bytes.TrimSpace(line)) == 0 {
		s.countStray(len(line))
		return
	}
	m, line, err := s.parse(line)
	switch {
	case err != nil:
		s.skip(line, len(line), err)
	case m.IsResponse():
		s.handleResponse(m, line)
	case m.IsRequest():
		s.handleRequest(m)
	case m.Method == "$/cancel_request":
		s.handleCancelRequest(m)
	case m.Method == "elicitation/complete":
		s.handleComplete(m)
	default:
		s.handleNotification(m, line)
	}
}

// parse parses a line as a message, and returns the part of the line that is the
// message. It accepts a message behind what terminals and libraries write without a line
// feed. Before the answer to initialize it also accepts that answer behind other text,
// such as a question of a launcher, but no other message, since a log line may quote
// one.
func (s *session) parse(line []byte) (wire.Message, []byte, error) {
	m, err := wire.Parse(wire.Clean(line))
	if !errors.Is(err, wire.ErrNotJSON) {
		return m, line, err
	}
	trimmed := wire.TrimNoise(line)
	if len(trimmed) < len(line) {
		if m, err = wire.Parse(wire.Clean(trimmed)); !errors.Is(err, wire.ErrNotJSON) {
			return m, trimmed, err
		}
	}
	if !s.initialized.Load() {
		if m, err := wire.ParseAfterText(wire.Clean(trimmed)); err == nil && m.IsResponse() && s.isPending(m) {
			return m, trimmed, nil
		}
	}
	return wire.Message{}, line, err
}

// isPending reports whether a response answers a pending request.
func (s *session) isPending(m wire.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[wire.IDKey(m.ID)] != nil
}

// handleResponse passes a response to the request that it answers. A response to no
// request, or a repeated one, counts as stray output.
func (s *session) handleResponse(m wire.Message, line []byte) {
	key := wire.IDKey(m.ID)
	s.mu.Lock()
	then := s.calls[key]
	delete(s.calls, key)
	s.mu.Unlock()
	if then == nil && s.restored {
		return // an earlier session has sent the request, and waits for nothing
	}
	if then == nil {
		s.skip(line, len(line), errors.New("answer to no pending request"))
		return
	}
	then(m)
}

// errMalformedAnswer is the failure of a turn whose prompt has an answer that cannot be
// decoded.
var errMalformedAnswer = errors.New("the agent's answer is malformed")

// turnFailed returns the end of a turn that the agent ends with an error.
func (s *session) turnFailed(turn string, m wire.Message) rules.AgentTurnEnded {
	err := s.turnError(wire.DecodeError(m.Error))
	s.log.Warn("a turn of the agent has failed", zap.String("turn", turn), zap.Error(err))
	return rules.AgentTurnEnded{Turn: turn, Err: err}
}

// turnError returns the error of a failed turn. Some agents start without being signed
// in, or with credentials that have expired, and then fail every prompt.
func (s *session) turnError(err *wire.Error) error {
	if isSignedOut(err) {
		return fmt.Errorf("the agent %w", &signInError{err, s.authMethods, s.profile.SignIn()})
	}
	return err
}

// handleNotification passes a notification on; line is the line that it came in.
func (s *session) handleNotification(m wire.Message, line []byte) {
	changed, changesFacts := s.facts.Updated(m)
	if changesFacts {
		s.emitFacts(changed)
	}
	if m.Method == "session/update" && s.loading.Load() {
		select {
		case s.replayed <- struct{}{}:
		default:
		}
		if !s.replaying.Load() {
			return
		}
	}
	raw := m.WithSession(s.hostID)
	if s.maxEvent > 0 && len(raw) > s.maxEvent {
		raw = s.oversized(m, line)
	}
	s.emitAll(s.dialect.updating(m))
	s.growth.addUpdate(m.Update, len(raw), changesFacts)
	s.emit(rules.AgentNotification{Raw: raw, Streamed: streamed[m.Update]})
	s.emitAll(s.dialect.updated(m))
}

// streamed are the kinds of updates that agents send for every few characters.
var streamed = map[string]bool{"agent_message_chunk": true, "agent_thought_chunk": true, "terminal_output_chunk": true}

// oversized returns the notification that replaces one that is too long. It has the size
// and the digest of the agent's line.
func (s *session) oversized(m wire.Message, line []byte) []byte {
	digest := sha256.Sum256(line)
	raw, err := wire.Notification("_parley/oversized", oversizedParams{
		SessionID: s.hostID, Method: truncateName(m.Method), SessionUpdate: truncateName(m.Update),
		Bytes: len(line), SHA256: hex.EncodeToString(digest[:]),
	})
	if err != nil { // cannot happen for strings and a number
		s.log.Error("cannot encode a notification", zap.Error(err))
	}
	return bytes.TrimSuffix(raw, []byte("\n"))
}

// truncateName truncates a name to a reasonable length.
func truncateName(name string) string {
	const maxBytes = 256
	if len(name) <= maxBytes {
		return name
	}
	return strings.ToValidUTF8(name[:maxBytes], "")
}
