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

// ErrCrash is the error of [Serve] after a prompt that asked the agent to crash.
var ErrCrash = errors.New("demo agent: crashed because a prompt asked for it")

// Options are the settings of the agent. The zero value is an agent that runs as fast as
// its peer reads, and cannot open earlier sessions.
type Options struct {
	// Pace is the pause between two chunks of text. Other pauses are multiples of it.
	Pace time.Duration
	// History stores conversations for session/load and session/resume. If it is nil, the
	// agent does not offer them.
	History *History
	// Scratch is a directory of [PrepareScratch]. In a session with this working directory
	// the agent makes its edits; elsewhere it only shows them.
	Scratch string
	// Version is the newest version of the protocol that the agent speaks: 1 or 2; default 1.
	// The client may choose an older one.
	Version int
	// SignedOut makes the agent refuse to open sessions until the user signs in.
	SignedOut bool
}

// Serve runs the agent on a pair of streams. It returns nil when in ends, ctx's error
// when ctx ends, [ErrCrash] when a prompt asks the agent to crash, and an error when out
// cannot be written. Before it returns, it waits for running turns, and closes in if that
// is an [io.Closer]. If closing does not interrupt a read of in, as for a terminal, the
// reading goroutine stays until the process exits.
func Serve(ctx context.Context, in io.Reader, out io.Writer, options Options) error {
	canLoad := options.History != nil
	if !canLoad {
		options.History = NewHistory("")
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &server{
		ctx: ctx, fail: fail, pace: options.Pace, history: options.History, scratch: options.Scratch, canLoad: canLoad, out: out,
		newest: options.Version, dialect: version1{}, signedOut: options.SignedOut,
		sessions: make(map[string]*session), replies: make(map[string]chan wire.Message),
	}
	lines := make(chan []byte) // sent to and closed by read; no buffer, so undispatched lines stay in the pipe
	go s.read(in, lines)       // ends when ctx has ended and in is closed
	err := s.dispatchAll(lines)
	fail(err) // ends the turns and read
	if c, ok := in.(io.Closer); ok {
		_ = c.Close()
	}
	s.turns.Wait()
	return err
}

// server is one run of Serve.
type server struct {
	// immutable
	ctx     context.Context // ends with Serve; its cause is Serve's error
	fail    context.CancelCauseFunc
	pace    time.Duration
	history *History
	scratch string // empty for none
	canLoad bool   // history outlives this run
	newest  int    // version of the protocol

	// set by initialize, before there is a session
	dialect dialect
	client  clientCapabilities

	// owned by dispatchAll
	sessions map[string]*session
	opened   bool // there is or was a session

	turns sync.WaitGroup // the running turns; Serve ends them and waits

	outMu sync.Mutex
	out   io.Writer // guarded by outMu

	mu sync.Mutex

	// guarded by mu
	signedOut bool // prompts fail, and no session can be opened
	nextID    int64
	// replies has a channel for each pending request, by id. handleResponse sends the
	// answer; the channel is never closed, and its capacity is 1, so that
	// handleResponse does not wait.
	replies map[string]chan wire.Message
}

// read passes lines to dispatchAll until in or s.ctx ends.
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
		s.handleResponse(m)
	case m.IsRequest():
		s.handleRequest(m)
	case m.Method == "session/cancel":
		if ses := s.sessions[sessionOf(m.Params)]; ses != nil {
			ses.cancelTurns()
		}
	}
}

func (s *server) handleRequest(m wire.Message) {
	if !s.dialect.handles(m.Method) {
		s.answer(m.ID, nil, noSuchMethod(m.Method))
		return
	}
	var result any
	var err error
	switch m.Method {
	case "initialize":
		result, err = s.initialize(m.Params)
	case "authenticate", "auth/login":
		result, err = s.signIn(m.Params)
	case "session/new":
		result, err = s.ifSignedIn(m.Params, s.newSession)
	case "session/load":
		result, err = s.ifSignedIn(m.Params, s.loadSession)
	case "session/resume":
		result, err = s.ifSignedIn(m.Params, s.resumeSession)
	case "session/fork":
		result, err = s.ifSignedIn(m.Params, s.forkSession)
	case "session/delete":
		result, err = struct{}{}, s.history.delete(sessionOf(m.Params))
	case "session/list":
		result, err = s.listSessions(m.Params)
	case "session/close":
		result, err = s.closeSession(m.Params)
	case "session/set_mode", "session/set_config_option":
		result, err = s.changeSetting(m)
	case "tool_call/cancel", "terminal/cancel":
		result, err = s.stopWork(m)
	case "session/prompt":
		if err = s.prompt(m); err == nil {
			return // the turn answers
		}
	default:
		err = noSuchMethod(m.Method)
	}
	s.answer(m.ID, result, err)
	if ses, ok := result.(*session); ok && err == nil {
		s.notify(ses, map[string]any{"sessionUpdate": "available_commands_update", "availableCommands": commands(s.dialect.version())})
	}
}

// clientCapabilities are what the client can do, of what the scenes use.
type clientCapabilities struct {
	Session struct {
		ConfigOptions struct {
			Boolean *struct{} `json:"boolean"`
		} `json:"configOptions"`
	} `json:"session"`
	Elicitation struct {
		Form *struct{} `json:"form"`
		URL  *struct{} `json:"url"`
	} `json:"elicitation"`
}

// answer answers a request with a result, or with an error unless err is nil.
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

// notify sends an update in the words of version 1 as session/update notifications.
func (s *server) notify(ses *session, update object) {
	for _, u := range s.dialect.updates(ses, update) {
		s.send("session/update", object{"sessionId": ses.id, "update": u})
	}
}

// send sends a notification.
func (s *server) send(method string, params any) {
	line, err := wire.Notification(method, params)
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

// ask sends a request, and waits for its answer or the end of ctx.
func (s *server) ask(ctx context.Context, method string, params any) (wire.Message, error) {
	s.mu.Lock()
	s.nextID++
	line, err := wire.Request(s.nextID, method, params)
	key := fmt.Sprint(s.nextID)
	reply := make(chan wire.Message, 1)
	s.replies[key] = reply
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.replies, key)
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

// handleResponse passes an answer to ask. The first answer to a request counts.
func (s *server) handleResponse(m wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply, ok := s.replies[wire.IDKey(m.ID)]; ok {
		delete(s.replies, wire.IDKey(m.ID))
		reply <- m
	}
}
