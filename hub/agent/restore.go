package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent/content"
	"parley/hub/agent/peer"
	"parley/hub/agent/profile"
	"parley/hub/agent/wire"
	"parley/hub/journal"
	"parley/hub/rules"
)

var (
	_ hub.Restorer = (*Launcher)(nil)
	_ hub.Survivor = (*session)(nil)

	_ hub.ConnectorCloser = (*Launcher)(nil)
)

// memory is what a session of an agent that outlives the server knows of the agent when it
// is ready. Its JSON is stored.
type memory struct {
	Version     int          `json:"version"` // of the protocol
	Cwd         string       `json:"cwd"`     // on the agent's machine
	Closes      bool         `json:"closes,omitempty"`
	Deletes     bool         `json:"deletes,omitempty"`
	NextID      int64        `json:"nextId"`          // the highest JSON-RPC id that was used
	Older       []string     `json:"older,omitempty"` // the options that are set by older requests
	AuthMethods []authMethod `json:"authMethods,omitempty"`
}

// maxMemory is the maximum size of a memory in bytes. An agent that needs more does not
// outlive the server.
const maxMemory = 64 << 10

// CloseConnector implements [hub.ConnectorCloser].
func (l *Launcher) CloseConnector(id journal.SessionID) {
	if l.opts.Remote != nil {
		l.opts.Remote.Delete(id)
	}
}

// Memory implements [hub.Survivor].
func (s *session) Memory() json.RawMessage {
	if s.run == 0 {
		return nil
	}
	s.mu.Lock()
	next := s.nextID
	s.mu.Unlock()
	encoded, err := json.Marshal(memory{
		Version: s.dialect.version(), Cwd: s.cwd, Closes: s.closes, Deletes: s.deletes,
		NextID: next, Older: s.facts.Older(), AuthMethods: s.authMethods,
	})
	if err != nil || len(encoded) > maxMemory {
		return nil
	}
	return encoded
}

// Leave implements [hub.Survivor].
func (s *session) Leave() (wait func()) {
	s.left.Store(true)
	if framed, ok := s.peer.(peer.Framed); ok {
		framed.Leave()
	}
	return s.workers.Wait
}

// Refuse implements [hub.Survivor].
func (s *session) Refuse(r rules.AgentRefusal) {
	cause := rules.Cause{Kind: rules.CauseRefuse, Key: r.ID}
	s.send(cause, wire.Failure(json.RawMessage(r.ID), &wire.Error{Code: r.Code, Message: r.Message}), nil)
}

// remember passes on what the session knows of the agent's work after a line, if that has
// changed. It is called by read.
func (s *session) remember() {
	if s.run == 0 || !s.ready.Load() {
		return
	}
	if progress := s.dialect.progress(); string(progress) != string(s.remembered) {
		s.remembered = progress
		s.emit(rules.AgentRemembers{Progress: progress})
	}
}

// Restore implements [hub.Restorer].
func (l *Launcher) Restore(spec rules.RestoreSpec, sink func(rules.AgentEvent)) (hub.Survivor, error) {
	var m memory
	if err := json.Unmarshal(spec.Memory, &m); err != nil {
		return nil, fmt.Errorf("the memory of the agent cannot be read: %w", err)
	}
	if _, err := checkVersion(fmt.Append(nil, m.Version), version2); err != nil {
		return nil, err
	}
	if l.opts.Remote == nil {
		return nil, errors.New("this server has no connectors")
	}
	p, err := l.opts.Remote.Restore(spec.HostSession, spec.Seat, spec.Run)
	if err != nil {
		return nil, err
	}
	log := l.log.With(zap.String("agent", spec.Profile), zap.Stringer("hostSession", spec.HostSession))
	blocks := content.Source{
		Host: spec.HostSession.String(), Cwd: m.Cwd, Store: l.opts.Attachments, Files: p,
		Support: rules.SupportIn(spec.Facts.Capabilities),
	}
	launched := rules.LaunchSpec{HostSession: spec.HostSession, Run: spec.Run, MaxEvent: spec.MaxEvent}
	s := newSession(p.Peer, profile.Profile{Name: spec.Profile}, launched, sink, blocks, l.opts, &l.questionBytes, log)
	s.restore(m, spec)
	s.launched <- true
	s.work(l.opts.MaxLine)
	return s, nil
}

// restore gives a session that has not begun to work what an earlier one knew.
func (s *session) restore(m memory, spec rules.RestoreSpec) {
	s.id, s.cwd, s.closes, s.deletes, s.authMethods = spec.Session, m.Cwd, m.Closes, m.Deletes, m.AuthMethods
	s.nextID = max(m.NextID, spec.NextID)
	s.seen, s.restored, s.reachable = spec.Seen, true, true
	s.ready.Store(true)
	s.initialized.Store(true)
	s.facts.Restore(spec.Facts, m.Older)
	s.remembered = slices.Clone(spec.Progress)
	s.dialect = s.newDialect(m.Version)
	turn := ""
	for _, c := range spec.Calls {
		if c.Kind == rules.CausePrompt {
			turn = c.Key
		}
		if then := s.answerTo(c); then != nil {
			s.calls[wire.IDKey(jsonInt(c.ID))] = then
		}
	}
	s.dialect.restore(turn, spec.Progress)
	for _, q := range spec.Questions {
		if q.Page != "" {
			s.pages[q.Page] = q.RequestID
		}
		if !q.Answered {
			s.addQuestion(q.RequestID, pendingQuestion{id: json.RawMessage(q.RPC), bytes: q.Bytes, elicitation: q.Elicitation, page: q.Page})
		}
	}
}

// answerTo returns what takes the answer to a request that an earlier session has sent; nil
// for nothing.
func (s *session) answerTo(c rules.Call) func(wire.Message) {
	switch {
	case c.Kind == rules.CausePrompt:
		return func(m wire.Message) { s.emitAll(s.dialect.answered(c.Key, m)) }
	case c.Kind == rules.CauseOption && c.SignIn:
		return func(m wire.Message) { s.signedIn(c.Key, m) }
	case c.Kind == rules.CauseOption:
		method := s.facts.SetMethod(c.OptionID)
		return func(m wire.Message) { s.configured(c.Key, c.OptionID, c.Value, method, m) }
	}
	return nil
}
