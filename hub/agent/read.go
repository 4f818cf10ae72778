package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/zap"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// read takes what the agent says until its end and passes it on in order.
func (s *session) read(lines *wire.Reader) {
	for s.sensible() {
		line, err := lines.Next()
		if errors.Is(err, wire.ErrTooLong) {
			s.skip(line, s.maxLine, err)
			continue
		}
		if err != nil {
			break
		}
		s.handle(line)
	}
	// An agent that has closed its output, but lives, is of no use any more.
	if err := s.shutDown(context.Background()); err != nil {
		s.log.Error("agent cannot be ended", zap.Error(err))
	}
	if s.stray.lines > 0 {
		s.log.Warn("agent wrote lines that are no messages", zap.Int("lines", s.stray.lines))
	}
	close(s.lost)
	if <-s.launched {
		end := s.end()
		s.tell(rules.AgentExited{ExitCode: end.code, StderrTail: printable(end.stderr)})
	}
	s.forgetAsked()
	close(s.ended)
}

// maxNonsense is how much an agent that is not ready yet may write that is no
// message, in bytes: package managers and libraries have a lot to say.
const maxNonsense = 1 << 20

// sensible reports whether the agent may still become ready. What writes
// nonsense without end is no agent, and is killed.
func (s *session) sensible() bool {
	if s.stray.bytes <= maxNonsense || s.ready.Load() {
		return true
	}
	s.peer.kill()
	return false
}

// end tells how the agent ended.
func (s *session) end() exit {
	select {
	case <-s.peer.gone():
		return s.peer.exit()
	default:
		return exit{text: "does not end"}
	}
}

func (s *session) handle(line []byte) {
	if len(bytes.TrimSpace(line)) == 0 {
		s.count(len(line))
		return
	}
	m, line, err := s.parse(line)
	switch {
	case err != nil:
		s.skip(line, len(line), err)
	case m.IsResponse():
		s.answered(m, line)
	case m.IsRequest():
		s.requested(m)
	case m.Method == "$/cancel_request":
		s.withdrawn(m)
	default:
		s.notified(m, line)
	}
}

// parse reads a line as a message and returns what of the line is the message.
// A line that does not parse is tried again without what terminals and libraries
// leave before it. Before the answer to initialize other text may stand there
// too, such as the question of a launcher, but only before that answer: a log
// line that quotes another message is none.
func (s *session) parse(line []byte) (wire.Message, []byte, error) {
	m, err := wire.Parse(wire.Clean(line))
	if !errors.Is(err, wire.ErrNotJSON) {
		return m, line, err
	}
	bare := wire.TrimNoise(line)
	if len(bare) < len(line) {
		if m, err = wire.Parse(wire.Clean(bare)); !errors.Is(err, wire.ErrNotJSON) {
			return m, bare, err
		}
	}
	if !s.greeted.Load() {
		if m, err := wire.ParseAfterText(wire.Clean(bare)); err == nil && m.IsResponse() && s.awaits(m) {
			return m, bare, nil
		}
	}
	return wire.Message{}, line, err
}

// awaits reports whether a message answers what was asked.
func (s *session) awaits(m wire.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[wire.IDKey(m.ID)] != nil
}

// answered passes an answer to the call that waits for it. An answer to nothing,
// or one that is repeated, is no message.
func (s *session) answered(m wire.Message, line []byte) {
	key := wire.IDKey(m.ID)
	s.mu.Lock()
	then := s.calls[key]
	delete(s.calls, key)
	s.mu.Unlock()
	if then == nil {
		s.skip(line, len(line), errors.New("answer to nothing that was asked"))
		return
	}
	then(m)
}

// turnEnded passes on the answer to a prompt.
func (s *session) turnEnded(turn string, m wire.Message) {
	s.mu.Lock()
	s.turn = false
	s.mu.Unlock()
	ended := rules.AgentTurnEnded{Turn: turn}
	var result struct {
		StopReason string `json:"stopReason"`
	}
	if m.Error != nil {
		ended.Err = s.turnError(wire.ReadError(m.Error))
	} else if err := json.Unmarshal(m.Result, &result); err != nil {
		ended.Err = errors.New("the agent's answer cannot be read")
	}
	if ended.Err != nil {
		s.log.Warn("the agent answered a prompt with an error", zap.String("turn", turn), zap.Error(ended.Err))
	}
	ended.StopReason = wire.Brief(result.StopReason)
	s.tell(ended)
}

// turnError is why a turn failed. Some agents start although nobody is signed in
// and fail every prompt.
func (s *session) turnError(err *wire.Error) error {
	if err.Code == wire.CodeAuthRequired {
		return fmt.Errorf("the agent %w", &signInError{err, s.methods})
	}
	return err
}

// notified passes a notification on. line is the notification as it came.
func (s *session) notified(m wire.Message, line []byte) {
	if said, some := s.facts.updated(m); some {
		s.known(said)
	}
	if m.Method == "session/update" && s.loading.Load() {
		select {
		case s.replayed <- struct{}{}:
		default:
		}
		return
	}
	raw := m.WithSession(s.host)
	if s.maxEvent > 0 && len(raw) > s.maxEvent {
		raw = s.oversized(m, line)
	}
	s.tell(rules.AgentNotification{Raw: raw, Streamed: streamed[m.Update]})
}

// streamed are the updates that agents send for every few letters.
var streamed = map[string]bool{"agent_message_chunk": true, "agent_thought_chunk": true}

// oversized says what was too long to be passed on, with the size and the
// digest of the line as the agent wrote it.
func (s *session) oversized(m wire.Message, line []byte) []byte {
	digest := sha256.Sum256(line)
	raw, err := wire.Notification("_parley/oversized", oversizedParams{
		SessionID: s.host, Method: brief(m.Method), SessionUpdate: brief(m.Update),
		Bytes: len(line), SHA256: hex.EncodeToString(digest[:]),
	})
	if err != nil { // strings and a number cannot fail
		s.log.Error("cannot encode an oversized notification's place", zap.Error(err))
	}
	return bytes.TrimSuffix(raw, []byte("\n"))
}

// brief cuts a name that is too long to be one.
func brief(name string) string {
	const most = 256
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "")
}
