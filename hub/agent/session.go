package agent

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/content"
	"parley/hub/agent/facts"
	"parley/hub/agent/peer"
	"parley/hub/agent/profile"
	"parley/hub/agent/wire"
	"parley/hub/internal/limit"
	"parley/hub/rules"
	"parley/protocol"
)

// session is a running agent with its only session. It implements [hub.Agent].
type session struct {
	// immutable
	peer             peer.Peer
	log              *zap.Logger
	sink             func(rules.AgentEvent)
	profile          profile.Profile
	run              uint64        // the number of the process, if a connector runs it
	hostID           string        // replaces the agent's own session id in notifications
	maxEvent         int           // in bytes; 0 for no limit
	maxLine          int           // in bytes
	grace            time.Duration // Options.StopGrace
	allQuestionBytes *limit.Budget // of the pending questions of all agents
	growth           growth
	out              *peer.Outbox
	blocks           content.Source // its support is set like dialect
	replayed         chan struct{}  // sent to by read for each part of a replay, received by Launch, never closed; capacity 1, since one signal is enough
	drained          chan struct{}  // closed by read when the agent has ended and its output is read, never sent to
	launched         chan bool      // sent to once by Launch: whether it returns the agent; received by read; capacity 1, so that Launch does not wait
	ended            chan struct{}  // closed by read after the last event, never sent to

	workers sync.WaitGroup // read and out.Run; Stop and a failed Launch end them and wait

	// set by Launch, then immutable
	id          string
	reopenings  []reopening                // how a later process can open the session; empty if it cannot
	closes      bool                       // the agent offers session/close
	lists       bool                       // the agent offers session/list
	deletes     bool                       // the agent offers session/delete
	continued   protocol.AgentContinuation // how the earlier session was opened; ContinuedNew if it was not
	loadError   error                      // why the earlier session was not opened
	authMethods []authMethod
	opening     opening

	// owned by read; stray.bytes may be read by others once drained is closed
	stray      strays
	reachable  bool            // rules.AgentReachable was sent
	line       framedLine      // that is being handled
	remembered json.RawMessage // the progress that was passed on last

	// set by restore, then immutable
	cwd      string       // of an agent that outlives the server, on its machine; also set by Launch
	restored bool         // the agent has run on while the server was not there
	seen     rules.Origin // of the newest message that the host session has committed; those up to it are sent again

	// set by read at the answer to initialize, before Launch receives it; then immutable
	dialect dialect

	facts         facts.Tracker
	signingIn     atomic.Bool  // the agent is signing in while it starts
	initialized   atomic.Bool  // the agent has answered initialize
	loading       atomic.Bool  // the agent is replaying a session, which is not passed on
	unwanted      atomic.Bool  // Stop deletes the session
	left          atomic.Bool  // Leave was called
	replaying     atomic.Bool  // the replay is passed on after all
	ready         atomic.Bool  // the handshake has succeeded
	strayReported atomic.Bool  // stray output was reported since the last prompt
	refusedForms  atomic.Int32 // elicitations that could not be shown since the last prompt
	delayed       atomic.Int64 // nanoseconds for which the agent was not read since the last prompt
	slowReported  atomic.Bool  // rules.AgentSlowed was sent since the last prompt
	killDeaf      sync.Once    // kills an agent that does not read its input

	sinkMu sync.Mutex // held while sink is called

	mu sync.Mutex

	// guarded by mu
	nextID        int64
	calls         map[string]func(wire.Message) // pending requests by id; called by read with the answer
	questions     map[string]pendingQuestion    // by request id
	questionBytes int                           // total size of questions
	pages         map[string]string             // request ids of the elicitations in URL mode that are not finished, by the agent's ids; at most maxPages
}

// newSession returns a session whose goroutines work starts.
func newSession(p peer.Peer, from profile.Profile, spec rules.LaunchSpec, sink func(rules.AgentEvent), blocks content.Source, opts Options, allQuestionBytes *limit.Budget, log *zap.Logger) *session {
	s := &session{
		peer: p, log: log, sink: sink, profile: from,
		run: spec.Run, hostID: spec.HostSession.String(), maxEvent: spec.MaxEvent,
		maxLine: opts.MaxLine, grace: opts.StopGrace,
		allQuestionBytes: allQuestionBytes,
		growth:           newGrowth(opts.Rate),
		out:              peer.NewOutbox(p, opts.StopGrace),
		blocks:           blocks,
		replayed:         make(chan struct{}, 1),
		drained:          make(chan struct{}),
		launched:         make(chan bool, 1),
		ended:            make(chan struct{}),
		calls:            make(map[string]func(wire.Message)),
		questions:        make(map[string]pendingQuestion),
		pages:            map[string]string{},
	}
	s.dialect = &dialect1{session: s}
	s.facts.Run = invocation(from)
	return s
}

// work starts the session's goroutines. They end when the peer has ended and Launch has sent
// to launched.
func (s *session) work(maxLine int) {
	reader := wire.NewReader(s.peer.Stdout(), maxLine)
	s.workers.Go(s.out.Run)
	s.workers.Go(func() { s.read(reader) })
}

// emit passes an event of the agent to the sink. It is called by read.
func (s *session) emit(e rules.AgentEvent) {
	if _, ended := e.(rules.AgentTurnEnded); ended {
		s.forgetPages()
	}
	s.growth.addEvent(e)
	s.pass(s.line.frame(e))
}

// emitOwn passes an event to the sink that does not follow from a line of the agent.
func (s *session) emitOwn(e rules.AgentEvent) {
	if _, ended := e.(rules.AgentTurnEnded); ended {
		s.forgetPages()
	}
	s.growth.addEvent(e)
	s.pass(e)
}

// pass calls the sink, which is called for one event at a time.
func (s *session) pass(e rules.AgentEvent) {
	s.sinkMu.Lock()
	defer s.sinkMu.Unlock()
	s.sink(e)
}

func (s *session) emitAll(events []rules.AgentEvent) {
	for _, e := range events {
		s.emit(e)
	}
}

// emitFacts passes on changed facts. It is called by read.
func (s *session) emitFacts(changed protocol.AgentFacts) { s.emit(rules.AgentUpdated{Facts: changed}) }

// SessionID implements [hub.Agent].
func (s *session) SessionID() string { return s.id }

// CanLoad implements [hub.Agent].
func (s *session) CanLoad() bool { return len(s.reopenings) > 0 }

// Continued implements [hub.Agent].
func (s *session) Continued() protocol.AgentContinuation { return s.continued }

// IdleTimeout implements [hub.Agent].
func (s *session) IdleTimeout() time.Duration { return s.profile.IdleTimeout }

// Defaults implements [hub.Agent].
func (s *session) Defaults() []rules.OptionDefault { return s.profile.Defaults() }

// LoadError implements [hub.Agent].
func (s *session) LoadError() error { return s.loadError }

// Respond implements [hub.Agent].
func (s *session) Respond(requestID, optionID string) {
	s.respond(requestID, func(pendingQuestion) any { return newPermissionResult(optionID) })
}

// Cancel implements [hub.Agent].
func (s *session) Cancel() { s.cancel(rules.Cause{Kind: rules.CauseCancel}) }

func (s *session) cancel(cause rules.Cause) {
	if s.dialect.working() {
		line, err := wire.Notification("session/cancel", sessionParams{SessionID: s.id})
		s.send(cause, line, err)
	}
}

// call sends a request that is not stored. then is called with the answer, by read.
func (s *session) call(method string, params any, then func(wire.Message)) {
	s.callFor(rules.Cause{}, method, params, then)
}

// callFor sends a request for a cause. then is called with the answer, by read.
func (s *session) callFor(cause rules.Cause, method string, params any, then func(wire.Message)) {
	id := s.expect(then)
	line, err := wire.Request(id, method, params)
	if err != nil {
		s.log.Error("cannot encode a request to the agent", zap.Error(err))
		return
	}
	s.queue(peer.Line{Make: func() []byte { return line }, Cause: cause, ID: id})
}

// expect returns the id of a new request. then is called with the answer, by read.
func (s *session) expect(then func(wire.Message)) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	s.calls[wire.IDKey(jsonInt(s.nextID))] = then
	return s.nextID
}

// send puts an encoded line into the outbox without waiting. It kills the agent if the
// outbox is full.
func (s *session) send(cause rules.Cause, line []byte, err error) {
	if err != nil {
		s.log.Error("cannot encode a message to the agent", zap.Error(err))
		return
	}
	s.queue(peer.Line{Make: func() []byte { return line }, Cause: cause})
}

// queue puts a line into the outbox without waiting. It kills the agent if the outbox is
// full.
func (s *session) queue(line peer.Line) {
	if !s.out.Offer(line) {
		s.killDeaf.Do(func() {
			s.log.Warn("killing an agent that does not read its input", zap.Int("waiting", peer.OutboxSize))
			s.peer.Kill()
		})
	}
}
