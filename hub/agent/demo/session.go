package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"parley/hub/agent/wire"
)

// session is one conversation. Its JSON is the answer to session/new.
type session struct {
	// immutable
	id  string
	cwd string

	// owned by the running turn; turns of a session come one after the other
	settings settings
	title    string            // what it calls itself; empty before the first turn
	always   bool              // a permission was given for good
	used     int               // tokens, as far as a demo has any
	calls    int               // tool calls so far, for their ids
	chunks   int               // messages so far, for their ids
	past     []json.RawMessage // the updates that session/load replays, oldest first

	mu     sync.Mutex
	cancel context.CancelFunc // of the running turn; nil when there is none
}

// MarshalJSON writes what the protocol says of a session that is opened.
func (ses *session) MarshalJSON() ([]byte, error) {
	return json.Marshal(object{"sessionId": ses.id, "modes": ses.settings.modes(), "configOptions": ses.settings.options()})
}

// sessionParams are the parameters of the requests that concern a session.
type sessionParams struct {
	SessionID string `json:"sessionId"`
	Cwd       string `json:"cwd"`
	Prompt    []struct {
		Text string `json:"text"`
	} `json:"prompt"`
}

func readParams(raw json.RawMessage) (sessionParams, error) {
	var p sessionParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, &wire.Error{Code: wire.CodeInvalidParams, Message: err.Error()}
	}
	return p, nil
}

func sessionOf(raw json.RawMessage) string {
	p, _ := readParams(raw)
	return p.SessionID
}

func (s *server) newSession(raw json.RawMessage) (*session, error) {
	p, err := readParams(raw)
	if err != nil {
		return nil, err
	}
	ses := &session{id: "demo-" + strings.ToLower(rand.Text()), cwd: p.Cwd, settings: settings{modeAsk, modelLarge}}
	// Kept from the first: one that is killed in its first turn can be loaded too.
	if ses.past, err = s.history.save(ses.id, nil); err != nil {
		return nil, err
	}
	s.sessions[ses.id] = ses
	return ses, nil
}

// loadSession replays the conversation before the answer, as the protocol asks.
func (s *server) loadSession(raw json.RawMessage) (*session, error) {
	p, err := readParams(raw)
	if err != nil {
		return nil, err
	}
	past, err := s.history.load(p.SessionID)
	if err != nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: err.Error()}
	}
	if old := s.sessions[p.SessionID]; old != nil && old.busy() {
		return nil, &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn of that session is running"}
	}
	ses := &session{id: p.SessionID, cwd: p.Cwd, settings: settings{modeAsk, modelLarge}, past: past, calls: len(past), chunks: len(past)}
	s.sessions[ses.id] = ses
	for _, update := range past {
		s.notify(ses, update)
	}
	return ses, nil
}

// prompt starts a turn, which answers m in the end.
func (s *server) prompt(m wire.Message) error {
	p, err := readParams(m.Params)
	if err != nil {
		return err
	}
	ses := s.sessions[p.SessionID]
	if ses == nil {
		return &wire.Error{Code: wire.CodeNotFound, Message: fmt.Sprintf("no session %.80q", p.SessionID)}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	if !ses.beginTurn(cancel) {
		cancel()
		return &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn is running already"}
	}
	var words []string
	for _, block := range p.Prompt {
		words = append(words, block.Text)
	}
	t := &turn{ctx: ctx, server: s, session: ses, prompt: strings.TrimSpace(strings.Join(words, " "))}
	s.turns.Go(func() {
		stop, err := t.run()
		ses.endTurn()
		if errors.Is(err, ErrCrash) {
			return // who has crashed does not answer
		}
		s.answer(m.ID, map[string]string{"stopReason": stop}, err)
	})
	return nil
}

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

func (ses *session) busy() bool {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	return ses.cancel != nil
}
