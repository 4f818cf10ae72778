package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"parley/hub/agent/wire"
)

// session is one conversation.
type session struct {
	// immutable
	id     string
	cwd    string
	client clientCapabilities

	settings settings

	// owned by the running turn; a session has one turn at a time
	title    string            // empty before the first turn
	always   bool              // the user always allows tool calls
	used     int               // simulated number of used tokens
	calls    int               // number of tool calls, for their ids
	messages int               // number of messages, for their ids
	pages    int               // number of elicited pages, for their ids
	past     []json.RawMessage // the updates that session/load replays, oldest first
	recap    string            // what the client has quoted of an earlier conversation; empty for nothing

	mu     sync.Mutex
	cancel context.CancelFunc // of the running turn; nil if there is none; guarded by mu
}

// MarshalJSON encodes the result of session/new and session/load.
func (ses *session) MarshalJSON() ([]byte, error) {
	return json.Marshal(object{"sessionId": ses.id, "modes": ses.settings.modes(), "configOptions": ses.settings.options()})
}

// sessionParams are the parameters of the requests that concern a session.
type sessionParams struct {
	SessionID string        `json:"sessionId"`
	Cwd       string        `json:"cwd"`
	Prompt    []promptBlock `json:"prompt"`
}

func decodeParams(raw json.RawMessage) (sessionParams, error) {
	var p sessionParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, &wire.Error{Code: wire.CodeInvalidParams, Message: err.Error()}
	}
	return p, nil
}

func sessionOf(raw json.RawMessage) string {
	p, _ := decodeParams(raw)
	return p.SessionID
}

func (s *server) newSession(raw json.RawMessage) (*session, error) {
	p, err := decodeParams(raw)
	if err != nil {
		return nil, err
	}
	ses := &session{id: "demo-" + strings.ToLower(rand.Text()), cwd: p.Cwd, client: s.client}
	ses.settings.restore(s.client.Session.ConfigOptions.Boolean != nil)
	// Saved now, so that an agent that is killed in the first turn can load it.
	if ses.past, err = s.history.save(ses.id, nil); err != nil {
		return nil, err
	}
	s.sessions[ses.id] = ses
	return ses, nil
}

// loadSession replays the conversation before the answer, as the protocol requires.
func (s *server) loadSession(raw json.RawMessage) (*session, error) {
	ses, err := s.reopen(raw)
	if err != nil {
		return nil, err
	}
	for _, update := range ses.past {
		s.notify(ses, update)
	}
	return ses, nil
}

// resumeSession continues a conversation without a replay.
func (s *server) resumeSession(raw json.RawMessage) (*session, error) {
	if past, err := s.history.load(sessionOf(raw)); err == nil && forbidsResume(past) {
		return nil, &wire.Error{Code: wire.CodeInvalidRequest, Message: "a prompt asked for a session that can only be loaded"}
	}
	return s.reopen(raw)
}

// forkSession begins a conversation with what an earlier one has so far.
func (s *server) forkSession(raw json.RawMessage) (*session, error) {
	past, err := s.history.load(sessionOf(raw))
	if err != nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: err.Error()}
	}
	ses, err := s.newSession(raw)
	if err != nil {
		return nil, err
	}
	ses.past, err = s.history.save(ses.id, slices.Clone(past))
	ses.calls, ses.messages = len(past), len(past)
	return ses, err
}

// closeSession cancels the running turn and forgets the session. The history keeps it.
func (s *server) closeSession(raw json.RawMessage) (struct{}, error) {
	ses := s.sessions[sessionOf(raw)]
	if ses == nil {
		return struct{}{}, &wire.Error{Code: wire.CodeNotFound, Message: "no such session"}
	}
	ses.cancelTurn()
	delete(s.sessions, ses.id)
	return struct{}{}, nil
}

// reopen opens a conversation of the history again.
func (s *server) reopen(raw json.RawMessage) (*session, error) {
	p, err := decodeParams(raw)
	if err != nil {
		return nil, err
	}
	past, err := s.history.load(p.SessionID)
	if err != nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: err.Error()}
	}
	if old := s.sessions[p.SessionID]; old != nil && old.isBusy() {
		return nil, &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn of that session is running"}
	}
	ses := &session{id: p.SessionID, cwd: p.Cwd, client: s.client, past: past, calls: len(past), messages: len(past)}
	ses.settings.restore(s.client.Session.ConfigOptions.Boolean != nil)
	s.sessions[ses.id] = ses
	return ses, nil
}

// prompt starts a turn, which answers m at its end.
func (s *server) prompt(m wire.Message) error {
	p, err := decodeParams(m.Params)
	if err != nil {
		return err
	}
	ses := s.sessions[p.SessionID]
	if ses == nil {
		return &wire.Error{Code: wire.CodeNotFound, Message: fmt.Sprintf("no session %.80q", p.SessionID)}
	}
	if s.isSignedOut() {
		return errSignedOut
	}
	ctx, cancel := context.WithCancel(s.ctx)
	if !ses.beginTurn(cancel) {
		cancel()
		return &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn is running already"}
	}
	var words []string
	attribution := ""
	var content []promptBlock
	for _, block := range p.Prompt {
		switch {
		case block.Meta.Parley.Recap:
			ses.recap = block.Text
		case block.Meta.Parley.Attribution:
			attribution = block.Text
		case block.Type == "text":
			words = append(words, block.Text)
		default:
			content = append(content, block)
		}
	}
	t := &turn{ctx: ctx, server: s, session: ses, prompt: strings.TrimSpace(strings.Join(words, " ")), content: content, attribution: attribution}
	s.turns.Go(func() {
		stop, err := t.run()
		ses.endTurn()
		if errors.Is(err, ErrCrash) {
			return // a crashed agent does not answer
		}
		s.answer(m.ID, map[string]string{"stopReason": stop}, err)
	})
	return nil
}

// beginTurn returns false if a turn is running.
func (ses *session) beginTurn(cancel context.CancelFunc) bool {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	if ses.cancel != nil {
		return false
	}
	ses.cancel = cancel
	return true
}

func (ses *session) endTurn() {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	ses.cancel()
	ses.cancel = nil
}

func (ses *session) cancelTurn() {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	if ses.cancel != nil {
		ses.cancel()
	}
}

// isBusy reports whether a turn is running.
func (ses *session) isBusy() bool {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	return ses.cancel != nil
}
