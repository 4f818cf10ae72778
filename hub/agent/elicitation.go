package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/form"
)

// Messages about elicitations.
type (
	// agent → client: elicitation/create
	elicitationParams struct {
		SessionID       *string         `json:"sessionId"`
		RequestID       json.RawMessage `json:"requestId"` // of a request of ours, for an elicitation outside of a session
		ToolCallID      *string         `json:"toolCallId"`
		Mode            string          `json:"mode"`
		Message         *string         `json:"message"`
		RequestedSchema json.RawMessage `json:"requestedSchema"`
		ElicitationID   string          `json:"elicitationId"`
		URL             string          `json:"url"`
	}
	// client → agent: the result of elicitation/create
	elicitationResult struct {
		Action  protocol.ElicitationAction `json:"action"`
		Content json.RawMessage            `json:"content,omitempty"`
	}
	// agent → client: elicitation/complete
	completeParams struct {
		ElicitationID string `json:"elicitationId"`
	}
)

// maxPages is the maximum number of pages of an agent that are not finished. Further
// elicitations in URL mode are refused with an error.
const maxPages = 64

// elicit passes a request for input on. People are told about one that cannot be shown.
func (s *session) elicit(m wire.Message) {
	var p elicitationParams
	if err := json.Unmarshal(m.Params, &p); err != nil {
		s.refuse(m, wire.CodeInvalidParams, "the params are malformed")
		return
	}
	e, err := s.readElicitation(&p)
	if err == nil {
		err = s.addElicitation(&p, e, m.ID)
	}
	if err != nil {
		s.refuse(m, wire.CodeInvalidParams, err.Error())
		s.reportRefused(p, err)
		return
	}
	if !s.reachable {
		s.reachable = true
		s.emit(rules.AgentReachable{Answer: s.Answer})
	}
	asked := rules.AgentElicitation{Elicitation: *e, URL: p.URL, RPC: s.rpc(m.ID)}
	if asked.RPC != "" {
		asked.Page = p.ElicitationID
	}
	s.emit(asked)
}

// maxRefusedForms is how many elicitations that cannot be shown people are told about
// between two prompts.
const maxRefusedForms = 10

// reportRefused tells people about an elicitation that cannot be shown.
func (s *session) reportRefused(p elicitationParams, err error) {
	n := s.refusedForms.Add(1)
	if n > maxRefusedForms {
		s.growth.add(questionCost)
		return
	}
	refused := protocol.ElicitationRefused{Reason: wire.ForPeople(err.Error(), maxFailure)}
	if n == maxRefusedForms {
		refused.Reason += "; further ones are not reported until the next prompt"
	}
	if p.Message != nil {
		refused.Message = wire.ForPeople(*p.Message, maxFailure)
	}
	s.emit(rules.AgentElicitationRefused{Refused: refused})
}

// readElicitation returns what people are shown.
func (s *session) readElicitation(p *elicitationParams) (e *protocol.Elicitation, err error) {
	e = &protocol.Elicitation{RequestID: uuid.NewString(), Mode: protocol.ElicitationMode(p.Mode)}
	switch {
	case p.SessionID == nil && len(p.RequestID) == 0:
		return nil, errors.New("a sessionId or a requestId is needed")
	case p.SessionID != nil && s.ready.Load() && *p.SessionID != s.id:
		return nil, errors.New("no such session")
	case p.Message == nil || len(*p.Message) > protocol.MaxElicitationMessage:
		return nil, fmt.Errorf("a message of at most %d bytes is needed", protocol.MaxElicitationMessage)
	}
	e.Message = *p.Message
	if p.ToolCallID != nil {
		if len(*p.ToolCallID) > maxToolCallID {
			return nil, errors.New("the toolCallId is too long")
		}
		e.ToolCallID = *p.ToolCallID
	}
	switch e.Mode {
	case protocol.ElicitationModeForm:
		if len(p.RequestedSchema) == 0 {
			return nil, errors.New("a requestedSchema is needed")
		}
		p.URL, p.ElicitationID = "", ""
		e.Form, err = form.Parse(p.RequestedSchema)
	case protocol.ElicitationModeURL:
		if p.ElicitationID == "" || len(p.ElicitationID) > maxToolCallID {
			return nil, fmt.Errorf("an elicitationId of at most %d bytes is needed", maxToolCallID)
		}
		e.Target, err = form.Target(p.URL)
	default:
		err = fmt.Errorf("the mode %.40q cannot be shown", p.Mode)
	}
	return e, err
}

// maxToolCallID is the maximum length of the id of a tool call or an elicitation in bytes.
const maxToolCallID = 256

// addElicitation adds a pending elicitation if there is room for it.
func (s *session) addElicitation(p *elicitationParams, e *protocol.Elicitation, id json.RawMessage) error {
	size := len(rules.RawJSON(e)) + len(p.URL)
	if s.maxEvent > 0 && size > s.maxEvent {
		return fmt.Errorf("the request has %d bytes; the limit is %d", size, s.maxEvent)
	}
	if p.ElicitationID != "" {
		if err := s.addPage(p.ElicitationID, e.RequestID); err != nil {
			return err
		}
	}
	if !s.addQuestion(e.RequestID, pendingQuestion{id: bytes.Clone(id), bytes: size, elicitation: true, page: p.ElicitationID}) {
		s.dropPage(p.ElicitationID)
		return errTooManyQuestions
	}
	return nil
}

func (s *session) addPage(elicitationID, requestID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, used := s.pages[elicitationID]; used {
		return errors.New("the elicitationId is in use")
	}
	if len(s.pages) >= maxPages {
		return errors.New("too many pages are not finished")
	}
	s.pages[elicitationID] = requestID
	return nil
}

func (s *session) dropPage(elicitationID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, elicitationID)
}

// Answer implements [hub.Agent].
func (s *session) Answer(requestID string, reply rules.ElicitationReply) {
	s.respond(requestID, func(p pendingQuestion) any {
		if reply.Action != protocol.ElicitationAccept {
			s.dropPage(p.page)
		}
		if reply.Refusal != "" {
			return &wire.Error{Code: wire.CodeInternal, Message: reply.Refusal}
		}
		return elicitationResult{reply.Action, reply.Content}
	})
}

// handleComplete ends the wait for a page. If nobody has accepted to open it yet, the
// request is withdrawn.
func (s *session) handleComplete(m wire.Message) {
	var params completeParams
	if json.Unmarshal(m.Params, &params) != nil {
		return
	}
	s.mu.Lock()
	requestID, known := s.pages[params.ElicitationID]
	delete(s.pages, params.ElicitationID)
	_, pending := s.questions[requestID]
	s.mu.Unlock()
	switch {
	case pending:
		s.withdraw(requestID)
	case known:
		s.emit(rules.AgentElicitationCompleted{RequestID: requestID})
	}
}

// forgetPages ends the wait for the accepted pages at the end of a turn.
func (s *session) forgetPages() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for elicitationID, requestID := range s.pages {
		if _, pending := s.questions[requestID]; !pending {
			delete(s.pages, elicitationID)
		}
	}
}
