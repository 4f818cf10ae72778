package agent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// errNotTaken is the answer of Stop when its context ends before the sink has
// taken the agent's last event.
var errNotTaken = errors.New("agent has ended, but its last event is not taken")

// errImmortal is the answer of Stop when not even a kill helps.
var errImmortal = errors.New("agent does not end")

// killWait is how long a killed process may take to be gone. It takes longer
// only while the kernel cannot let go of it, as with a dead network disk.
const killWait = 10 * time.Second

// session is one running agent with the one session that is open on it. It
// implements hub.Agent.
type session struct {
	// immutable
	peer     peer
	log      *zap.Logger
	sink     func(rules.AgentEvent)
	host     string // the id that takes the place of the agent's own
	maxEvent int    // bytes; 0 for no limit
	maxLine  int    // bytes
	grace    time.Duration
	askedAll *hub.Budget // bytes of what all agents of the launcher ask
	out      *outbox
	workers  sync.WaitGroup // read and out.run

	// set by the handshake, then immutable
	id        string
	canLoad   bool
	loadError error        // why the earlier session was not loaded
	methods   []authMethod // ways to sign in

	greeted  atomic.Bool   // initialize is answered
	facts    facts         // what the agent says of itself
	loading  atomic.Bool   // a replay is coming in, which is not passed on
	ready    atomic.Bool   // the handshake is done
	deaf     sync.Once     // it does not read its input, and is killed for it
	replayed chan struct{} // sent to by read when a part of a replay has come; holds one
	lost     chan struct{} // closed by read when the agent is gone and all is read
	launched chan bool     // cap 1: Launch says once whether it returns the agent
	ended    chan struct{} // closed by read after the last event

	strayTold atomic.Bool // the hub was told of a line that is no message since the last prompt
	stray     strays      // owned by read

	telling sync.Mutex // held while the sink is called

	mu          sync.Mutex
	nextID      int64
	calls       map[string]func(wire.Message) // by id; run by read when the answer comes
	permissions map[string]asked              // by our request id
	askedBytes  int                           // of those
	turn        bool                          // a prompt is not answered yet
}

// startSession starts the session's goroutines. They end when the peer has
// ended and Launch has told launched.
func startSession(p peer, spec rules.LaunchSpec, sink func(rules.AgentEvent), opts Options, askedAll *hub.Budget, log *zap.Logger) *session {
	s := &session{
		askedAll: askedAll,
		peer:     p, log: log, sink: sink, host: spec.HostSession.String(), maxEvent: spec.MaxEvent, maxLine: opts.MaxLine,
		grace: opts.StopGrace, out: newOutbox(p, opts.StopGrace),
		replayed: make(chan struct{}, 1), lost: make(chan struct{}), launched: make(chan bool, 1), ended: make(chan struct{}),
		calls:       make(map[string]func(wire.Message)),
		permissions: make(map[string]asked),
	}
	reader := wire.NewReader(p.stdout(), opts.MaxLine)
	s.workers.Go(s.out.run)
	s.workers.Go(func() { s.read(reader) })
	return s
}

// tell passes an event on, one at a time.
func (s *session) tell(e rules.AgentEvent) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.sink(e)
}

// SessionID implements hub.Agent.
func (s *session) SessionID() string { return s.id }

// CanLoad implements hub.Agent.
func (s *session) CanLoad() bool { return s.canLoad }

// LoadError implements hub.Agent.
func (s *session) LoadError() error { return s.loadError }

// Prompt implements hub.Agent.
func (s *session) Prompt(p rules.AgentPrompt) {
	params := promptParams{SessionID: s.id, Meta: p.Meta, Prompt: []textBlock{{Type: "text", Text: p.Text}}}
	s.mu.Lock()
	s.turn = true
	s.mu.Unlock()
	s.strayTold.Store(false)
	s.call("session/prompt", params, func(m wire.Message) { s.turnEnded(p.Turn, m) })
}

// Respond implements hub.Agent.
func (s *session) Respond(requestID, optionID string) {
	s.mu.Lock()
	id, ok := s.settled(requestID)
	s.mu.Unlock()
	if ok {
		s.send(wire.Result(id, decided(optionID)))
	}
}

// Cancel implements hub.Agent.
func (s *session) Cancel() {
	s.mu.Lock()
	running := s.turn
	s.mu.Unlock()
	if running {
		s.send(wire.Notification("session/cancel", sessionParams{SessionID: s.id}))
	}
}

// Stop implements hub.Agent.
func (s *session) Stop(ctx context.Context) error {
	for _, requestID := range s.pending() {
		s.Respond(requestID, "")
	}
	s.Cancel()
	if err := s.shutDown(ctx); err != nil {
		return err
	}
	select {
	case <-s.ended:
		s.workers.Wait()
		return nil
	case <-ctx.Done():
		return errors.Join(errNotTaken, ctx.Err())
	}
}

// shutDown ends the agent, first kindly and then less so, and waits until it is
// gone. When ctx ends it goes on at the harshest step. It can run several times
// at once: each step does no harm when repeated.
func (s *session) shutDown(ctx context.Context) error {
	s.out.close()
	if s.gone(ctx, s.grace) {
		return nil
	}
	if ctx.Err() == nil {
		s.peer.terminate()
		if s.gone(ctx, s.grace) {
			return nil
		}
	}
	s.peer.kill()
	if !s.gone(context.Background(), killWait) {
		return errImmortal
	}
	return nil
}

// gone waits for the agent's end, at most that long.
func (s *session) gone(ctx context.Context, atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-s.peer.gone():
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	select {
	case <-s.peer.gone():
		return true
	default:
		return false
	}
}

// pending lists the permission requests that wait for an answer.
func (s *session) pending() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.permissions))
	for id := range s.permissions {
		ids = append(ids, id)
	}
	return ids
}

// call sends a request; then gets the answer, in the reading goroutine.
func (s *session) call(method string, params any, then func(wire.Message)) {
	s.mu.Lock()
	s.nextID++
	line, err := wire.Request(s.nextID, method, params)
	s.calls[wire.IDKey(jsonInt(s.nextID))] = then
	s.mu.Unlock()
	s.send(line, err)
}

// send hands a line to the writer without waiting.
func (s *session) send(line []byte, err error) {
	if err != nil {
		s.log.Error("cannot encode a message for the agent", zap.Error(err))
		return
	}
	if !s.out.offer(line) {
		s.deaf.Do(func() {
			s.log.Warn("agent does not read its input and is killed", zap.Int("waiting", outboxSize))
			s.peer.kill()
		})
	}
}
