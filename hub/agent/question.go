package agent

import (
	"bytes"
	"encoding/json"
	"errors"

	"go.uber.org/zap"

	"parley/hub/agent/peer"
	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// maxQuestions is the maximum number of pending questions of an agent: permission requests
// and elicitations.
// Further ones are refused with an error.
const maxQuestions = 256

// A question stays in memory until it is answered, and may be as large as an event, so their
// total size is bounded too. Further requests are refused with an error.
const (
	maxQuestionBytes    = 8 << 20  // of one agent
	maxAllQuestionBytes = 64 << 20 // of all agents of a launcher
)

// pendingQuestion is a question that waits for an answer.
type pendingQuestion struct {
	id          json.RawMessage // the agent's
	bytes       int             // size of what people are shown
	elicitation bool            // rather than a permission request
	page        string          // with an elicitation in URL mode: the agent's id of it
}

var errTooManyQuestions = errors.New("too many questions are pending, or they are too large together")

// outlives reports whether the agent outlives the server, so that everything that is sent to
// it is decided by its host session.
func (s *session) outlives() bool { return s.run > 0 && s.ready.Load() }

// handleRequest passes a question on, and refuses other requests of the agent.
func (s *session) handleRequest(m wire.Message) {
	if s.line.was(s.seen) {
		return // sent again; the host session has it
	}
	switch m.Method {
	case "session/request_permission":
		s.askPermission(m)
	case "elicitation/create":
		s.elicit(m)
	default:
		s.refuse(m, wire.CodeMethodNotFound, "not supported: "+truncateName(m.Method))
	}
}

// addQuestion adds a pending question if there is room for it. There always
// is for an agent's only one.
func (s *session) addQuestion(requestID string, p pendingQuestion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.questions) >= maxQuestions || len(s.questions) > 0 && s.questionBytes+p.bytes > maxQuestionBytes {
		return false
	}
	switch {
	case s.allQuestionBytes.Take(p.bytes, maxAllQuestionBytes):
	case len(s.questions) > 0:
		return false
	default:
		s.allQuestionBytes.Add(p.bytes)
	}
	s.questions[requestID] = p
	s.questionBytes += p.bytes
	return true
}

// takeQuestion removes and returns a pending question. The caller holds s.mu.
func (s *session) takeQuestion(requestID string) (p pendingQuestion, pending bool) {
	p, pending = s.questions[requestID]
	delete(s.questions, requestID)
	s.questionBytes -= p.bytes
	s.allQuestionBytes.Add(-p.bytes)
	return p, pending
}

// withdraw answers a question as cancelled, and reports that it needs no answer.
func (s *session) withdraw(requestID string) {
	if !s.outlives() { // else the host session answers
		s.cancelQuestion(requestID)
	}
	s.emit(rules.AgentWithdrawn{RequestID: requestID})
}

// cancelQuestion answers a question as cancelled.
func (s *session) cancelQuestion(requestID string) {
	s.respond(requestID, func(p pendingQuestion) any {
		s.dropPage(p.page)
		if p.elicitation {
			return elicitationResult{Action: protocol.ElicitationCancel}
		}
		return newPermissionResult("")
	})
}

// respond answers a pending question with a result, or with a [*wire.Error].
func (s *session) respond(requestID string, result func(pendingQuestion) any) {
	s.mu.Lock()
	p, pending := s.takeQuestion(requestID)
	s.mu.Unlock()
	if !pending {
		return
	}
	cause := rules.Cause{Kind: rules.CauseAnswer, Key: requestID}
	switch r := result(p).(type) {
	case *wire.Error:
		s.send(cause, wire.Failure(p.id, r), nil)
	default:
		line, err := wire.Result(p.id, r)
		s.send(cause, line, err)
	}
}

// dropQuestions removes the pending questions of an agent that has ended.
func (s *session) dropQuestions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for requestID := range s.questions {
		s.takeQuestion(requestID)
	}
}

// refuse answers a request with an error. It waits for room in the outbox; the agent's
// output is not read meanwhile.
func (s *session) refuse(m wire.Message, code int, message string) {
	s.log.Debug("refused a request of the agent", zap.String("method", truncateName(m.Method)), zap.Int("code", code))
	if s.outlives() {
		s.emit(rules.AgentRefused{Refusal: rules.AgentRefusal{ID: string(m.ID), Code: code, Message: message}})
		return
	}
	line := wire.Failure(bytes.Clone(m.ID), &wire.Error{Code: code, Message: message})
	s.out.Put(peer.Line{Make: func() []byte { return line }})
}

// handleCancelRequest withdraws a question. It still answers the request, as
// cancelled, since the protocol requires an answer and every agent knows that one.
func (s *session) handleCancelRequest(m wire.Message) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &params) != nil {
		return
	}
	if requestID := s.findQuestion(params.RequestID); requestID != "" {
		s.withdraw(requestID)
	}
}

// findQuestion returns the request id of a pending question by the agent's
// id, or "".
func (s *session) findQuestion(id json.RawMessage) string {
	key := wire.IDKey(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	for requestID, p := range s.questions {
		if wire.IDKey(p.id) == key {
			return requestID
		}
	}
	return ""
}

// asks reports whether a question is pending.
func (s *session) asks() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.questions) > 0
}
