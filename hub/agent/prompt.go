package agent

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"go.uber.org/zap"

	"parley/hub/agent/content"
	"parley/hub/agent/peer"
	"parley/hub/agent/wire"
	"parley/hub/blobs"
	"parley/hub/rules"
	"parley/protocol"
)

// Prompt implements [hub.Agent].
func (s *session) Prompt(p rules.AgentPrompt) {
	params := promptParams{SessionID: s.id, Meta: p.Meta, Prompt: []content.Block{content.Text(p.Text)}}
	if p.Attribution != "" {
		params.Prompt = slices.Insert(params.Prompt, 0, content.Attribution(p.Attribution))
	}
	if p.Recap != "" {
		params.Prompt = slices.Insert(params.Prompt, 0, content.Recap(p.Recap))
	}
	s.dialect.prompted(p.Turn)
	s.strayReported.Store(false)
	s.refusedForms.Store(0)
	s.delayed.Store(0)
	s.slowReported.Store(false)
	then := func(m wire.Message) { s.emitAll(s.dialect.answered(p.Turn, m)) }
	if len(p.Content) > 0 {
		s.promptWithContent(p, params, then)
		return
	}
	s.callFor(rules.Cause{Kind: rules.CausePrompt, Key: p.Turn}, "session/prompt", params, then)
}

// promptWithContent sends a prompt whose content is read from the store by the goroutine
// that writes to the agent. If that fails, the turn ends with the error.
func (s *session) promptWithContent(p rules.AgentPrompt, params promptParams, then func(wire.Message)) {
	id := s.expect(then)
	s.queue(peer.Line{Cause: rules.Cause{Kind: rules.CausePrompt, Key: p.Turn}, ID: id, Make: func() []byte {
		blocks, err := s.blocks.Blocks(context.Background(), p) // bounded by the size of the attachments
		if err == nil {
			var line []byte
			params.Prompt = append(params.Prompt, blocks...)
			if line, err = wire.Request(id, "session/prompt", params); err == nil {
				return line
			}
		}
		s.failPrompt(id, p.Turn, err)
		return nil
	}})
}

// failPrompt ends the turn of a prompt that was not sent.
func (s *session) failPrompt(id int64, turn string, cause error) {
	s.mu.Lock()
	delete(s.calls, wire.IDKey(jsonInt(id)))
	s.mu.Unlock()
	s.log.Warn("a prompt was not sent", zap.String("turn", turn), zap.Error(cause))
	if errors.Is(cause, blobs.ErrFull) {
		cause = protocol.Errorf(protocol.CodeStorageFull, "%v", cause)
	}
	answer, _ := json.Marshal(wire.Error{Code: wire.CodeInvalidParams, Message: "not sent"}) // plain members
	for _, e := range s.dialect.answered(turn, wire.Message{Error: answer}) {
		if ended, ok := e.(rules.AgentTurnEnded); ok {
			ended.Err = cause
			e = ended
		}
		s.emitOwn(e)
	}
}
