package demo

import (
	"cmp"
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
	server *server
	ctx    context.Context // ends with the session
	close  context.CancelFunc
	slot   chan struct{} // holds one value while a turn runs; runTurn sends and receives; capacity 1

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

	mu sync.Mutex

	// guarded by mu
	prompted *turn                        // of a prompt, which runs or waits until other work ends; nil for none
	cancels  map[*turn]context.CancelFunc // of the turns that run or wait
	stops    map[stoppable]chan struct{}  // of the work that can be stopped by itself; closed by stopWork and never sent to
	watching string                       // id of the terminal that runs in the background; empty for none
}

// MarshalJSON encodes the result of session/new and session/load.
func (ses *session) MarshalJSON() ([]byte, error) {
	return json.Marshal(ses.server.dialect.opened(ses))
}

// sessionParams are the parameters of the requests that concern a session.
type sessionParams struct {
	SessionID string        `json:"sessionId"`
	Cwd       string        `json:"cwd"`
	Prompt    []promptBlock `json:"prompt"`
	// ReplayFrom asks session/resume of version 2 for the updates of the conversation.
	ReplayFrom *struct{} `json:"replayFrom"`
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
	ses := s.open("demo-"+strings.ToLower(rand.Text()), p.Cwd)
	// Saved now, so that an agent that is killed in the first turn can load it.
	if ses.past, err = s.history.save(ses.id, nil); err != nil {
		return nil, err
	}
	return ses, nil
}

// open returns a session without a past, which it adds to the sessions of the server.
func (s *server) open(id, cwd string) *session {
	ctx, cancel := context.WithCancel(s.ctx)
	ses := &session{id: id, cwd: cwd, client: s.client, server: s, ctx: ctx, close: cancel, slot: make(chan struct{}, 1),
		cancels: map[*turn]context.CancelFunc{}, stops: map[stoppable]chan struct{}{}}
	ses.settings.restore(s.client.Session.ConfigOptions.Boolean != nil)
	s.sessions[id], s.opened = ses, true
	return ses
}

// loadSession replays the conversation before the answer, as the protocol requires.
func (s *server) loadSession(raw json.RawMessage) (*session, error) {
	ses, err := s.reopen(raw)
	if err != nil {
		return nil, err
	}
	for _, raw := range ses.past {
		var update object
		if json.Unmarshal(raw, &update) == nil {
			s.notify(ses, update)
		}
	}
	return ses, nil
}

// resumeSession continues a conversation without a replay, unless the client asks for one,
// as it can in version 2.
func (s *server) resumeSession(raw json.RawMessage) (*session, error) {
	if p, err := decodeParams(raw); err == nil && p.ReplayFrom != nil {
		return s.loadSession(raw)
	}
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
	ses.close()
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
	if old := s.sessions[p.SessionID]; old != nil {
		if old.isBusy() {
			return nil, &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn of that session is running"}
		}
		old.close()
	}
	ses := s.open(p.SessionID, p.Cwd)
	ses.past, ses.calls, ses.messages = past, len(past), len(past)
	return ses, nil
}

// prompt starts a turn, which answers m.
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
	t := &turn{server: s, session: ses}
	recap := t.read(p.Prompt)
	if !ses.addPrompt(t) {
		return &wire.Error{Code: wire.CodeInvalidRequest, Message: "a turn is running already"}
	}
	s.turns.Go(func() {
		ses.runTurn(t, m.ID, func(t *turn) {
			ses.recap = cmp.Or(recap, ses.recap)
			t.playPrompt()
		})
	})
	return nil
}

// read takes the blocks of a prompt. It returns what the client quotes of an earlier
// conversation; empty for nothing.
func (t *turn) read(prompt []promptBlock) (recap string) {
	var words []string
	for _, block := range prompt {
		switch {
		case block.Meta.Parley.Recap:
			recap = block.Text
		case block.Meta.Parley.Attribution:
			t.attribution = block.Text
		case block.Type == "text":
			words = append(words, block.Text)
		default:
			t.content = append(t.content, block)
		}
	}
	t.prompt = strings.TrimSpace(strings.Join(words, " "))
	return recap
}

// runTurn runs a turn once the session has no other one. id identifies the request with
// the prompt; it is nil for work without a prompt.
func (ses *session) runTurn(t *turn, id json.RawMessage, play func(*turn)) {
	select {
	case ses.slot <- struct{}{}:
	case <-ses.server.ctx.Done():
		return
	}
	defer func() { <-ses.slot }()
	if id != nil {
		ses.messages++
		t.messageID = fmt.Sprintf("user_%d", ses.messages)
	}
	ses.server.dialect.began(t, id)
	stop, err := t.run(play)
	ses.remove(t)                  // before the client learns that it can send the next prompt
	if !errors.Is(err, ErrCrash) { // a crashed agent does not answer
		ses.server.dialect.ended(t, id, stop, err)
	}
}

// addPrompt adds the turn of a prompt. It returns false if there is one.
func (ses *session) addPrompt(t *turn) bool {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	if ses.prompted != nil {
		return false
	}
	ses.prompted = t
	ses.addLocked(t)
	return true
}

// add adds a turn without a prompt.
func (ses *session) add(t *turn) {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	ses.addLocked(t)
}

func (ses *session) addLocked(t *turn) {
	t.ctx, ses.cancels[t] = context.WithCancel(ses.ctx)
}

func (ses *session) remove(t *turn) {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	ses.cancels[t]()
	delete(ses.cancels, t)
	if ses.prompted == t {
		ses.prompted = nil
	}
}

func (ses *session) cancelTurns() {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	for _, cancel := range ses.cancels {
		cancel()
	}
}

// isBusy reports whether a turn runs or waits.
func (ses *session) isBusy() bool {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	return len(ses.cancels) > 0
}
