package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"parley/hub/agent/wire"
)

// ErrCrash is what Serve returns when a prompt asked the agent to crash.
var ErrCrash = errors.New("demo agent: crashed because a prompt asked for it")

// Options adjust the agent. The zero value is an agent that runs as fast as its
// peer reads and forgets its conversations.
type Options struct {
	// Pace is the pause between two chunks of text; other pauses are multiples.
	Pace time.Duration
	// History keeps conversations for session/load, which is not offered when
	// it is nil.
	History *History
}

// Serve plays the agent on a pair of streams until in ends (nil), ctx ends (its
// error), out cannot be written or the agent was asked to crash (ErrCrash). It
// closes in before it returns if in is an io.Closer. A read of in that cannot
// be interrupted by closing, as of a terminal, is left behind: that is for the
// end of the process to settle.
func Serve(ctx context.Context, in io.Reader, out io.Writer, options Options) error {
	remembers := options.History != nil
	if !remembers {
		options.History = NewHistory("")
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &server{
		ctx: ctx, fail: fail, pace: options.Pace, history: options.History, remembers: remembers, out: out,
		sessions: make(map[string]*session), waiting: make(map[string]chan wire.Message),
	}
	lines := make(chan []byte)
	go s.read(in, lines)
	err := s.dispatchAll(lines)
	fail(err) // ends the turns and, with in closed, read
	if c, ok := in.(io.Closer); ok {
		_ = c.Close()
	}
	s.turns.Wait()
	return err
}

// server is one run of Serve.
type server struct {
	// immutable
	ctx       context.Context // ends with Serve; its cause is why
	fail      context.CancelCauseFunc
	pace      time.Duration
	history   *History
	remembers bool // whether history outlives this run

	// owned by dispatchAll
	sessions map[string]*session
	turns    sync.WaitGroup // one goroutine per running turn; Serve waits

	outMu sync.Mutex // one line at a time
	out   io.Writer

	mu      sync.Mutex
	nextID  int64
	waiting map[string]chan wire.Message // by id of our request; each takes one answer
}

// read hands lines over, one at a time: lines has no buffer, so what is not
// dispatched yet stays in the pipe. It closes lines at the end of in.
func (s *server) read(in io.Reader, lines chan<- []byte) {
	defer close(lines)
	reader := wire.NewReader(in, 0)
	for {
		line, err := reader.Next()
		if errors.Is(err, wire.ErrTooLong) {
			continue
		}
		if err != nil {
			return
		}
		select {
		case lines <- bytes.Clone(wire.Clean(line)):
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *server) dispatchAll(lines <-chan []byte) error {
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if m, err := wire.Parse(line); err == nil {
				s.dispatch(m)
			}
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		}
	}
}

func (s *server) dispatch(m wire.Message) {
	switch {
	case m.IsResponse():
		s.answered(m)
	case m.IsRequest():
		s.request(m)
	case m.Method == "session/cancel":
		if ses := s.sessions[sessionOf(m.Params)]; ses != nil {
			ses.cancelTurn()
		}
	}
}

func (s *server) request(m wire.Message) {
	var result any
	var err error
	switch m.Method {
	case "initialize":
		result = initialized(s.remembers)
	case "authenticate":
		result = struct{}{}
	case "session/new":
		result, err = s.newSession(m.Params)
	case "session/load":
		result, err = s.loadSession(m.Params)
	case "session/prompt":
		if err = s.prompt(m); err == nil {
			return // the turn answers
		}
	default:
		err = &wire.Error{Code: wire.CodeMethodNotFound, Message: "no such method: " + m.Method}
	}
	s.answer(m.ID, result, err)
	if ses, ok := result.(*session); ok && err == nil {
		s.notify(ses, map[string]any{"sessionUpdate": "available_commands_update", "availableCommands": commands()})
	}
}

// initialized says what the agent can do. Loading is of no use in a process that
// forgets everything when it ends.
func initialized(remembers bool) json.RawMessage {
	return fmt.Appendf(nil, `{"protocolVersion":1,`+
		`"agentCapabilities":{"loadSession":%t,"promptCapabilities":{"embeddedContext":true}},`+
		`"agentInfo":{"name":"parley-demo","title":"Demo agent","version":"1"},"authMethods":[]}`, remembers)
}

// answer answers a request with a result or, if err is set, with that.
func (s *server) answer(id json.RawMessage, result any, err error) {
	if err == nil {
		var line []byte
		if line, err = wire.Result(id, result); err == nil {
			s.write(line)
			return
		}
	}
	var failure *wire.Error
	if !errors.As(err, &failure) {
		failure = &wire.Error{Code: wire.CodeInternal, Message: err.Error()}
	}
	s.write(wire.Failure(id, failure))
}

// notify sends one session/update.
func (s *server) notify(ses *session, update any) {
	line, err := wire.Notification("session/update", map[string]any{"sessionId": ses.id, "update": update})
	if err != nil {
		s.fail(fmt.Errorf("demo agent: %w", err))
		return
	}
	s.write(line)
}

func (s *server) write(line []byte) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	if _, err := s.out.Write(line); err != nil {
		s.fail(fmt.Errorf("demo agent: write: %w", err))
	}
}

// ask sends a request and waits for its answer, or for the end of ctx.
func (s *server) ask(ctx context.Context, method string, params any) (wire.Message, error) {
	s.mu.Lock()
	s.nextID++
	line, err := wire.Request(s.nextID, method, params)
	key := fmt.Sprint(s.nextID)
	reply := make(chan wire.Message, 1)
	s.waiting[key] = reply
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, key)
		s.mu.Unlock()
	}()
	if err != nil {
		return wire.Message{}, err
	}
	s.write(line)
	select {
	case m := <-reply:
		return m, nil
	case <-ctx.Done():
		return wire.Message{}, ctx.Err()
	}
}

// answered wakes the ask that waits for the answer; the first answer counts.
func (s *server) answered(m wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply, ok := s.waiting[wire.IDKey(m.ID)]; ok {
		delete(s.waiting, wire.IDKey(m.ID))
		reply <- m
	}
}
