package clienttest

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/protocol"
)

// command handles POST …/commands.
func (s *Server) command(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return
	}
	req, err := protocol.DecodeRequest(body, protocol.DefaultLimits)
	if err != nil {
		answer(w, protocol.AsError(err).Entry().Status, encode(&protocol.ErrorMessage{ID: req.ID, Error: protocol.AsError(err).Wire()}))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := s.faultOf(req)
	if fault.CutBefore {
		panic(http.ErrAbortHandler)
	}
	line, e := s.plainAnswer(r, req)
	if fault.Error != nil {
		e = fault.Error
	}
	if fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	if e != nil {
		answer(w, e.Entry().Status, encode(&protocol.ErrorMessage{ID: req.ID, Error: e.Wire()}))
		return
	}
	answer(w, http.StatusOK, line)
}

// plainAnswer carries out a command and returns the encoded answer.
func (s *Server) plainAnswer(r *http.Request, req protocol.Request) ([]byte, *protocol.Error) {
	switch req.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		welcome, _, _, e := s.welcome(req)
		return encode(&protocol.WelcomeMessage{ID: req.ID, Payload: welcome}), e
	}
	sender := s.sender(r)
	if sender == nil {
		return nil, protocol.Errorf(protocol.CodeUnauthorized, "credentials are missing")
	}
	return s.do(sender, req), nil
}

// sender returns the participant whose credentials a request has, or nil.
func (s *Server) sender(r *http.Request) *protocol.Participant {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return s.authenticate(r.Header.Get("Parley-Participant"), token)
}

func answer(w http.ResponseWriter, status int, line []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(line)
}

// stream handles GET …/stream, which sends only events.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	faults, entered := s.enter()
	if !entered {
		return
	}
	defer s.running.Done()
	c := newConn()
	s.mu.Lock()
	if s.sender(r) == nil {
		s.mu.Unlock()
		http.Error(w, `{"error":"credentials are missing","code":"UNAUTHORIZED"}`, http.StatusUnauthorized)
		return
	}
	from, ok := s.place(r.Header.Get("Last-Event-ID"))
	opening := protocol.Connected{
		Type: protocol.TypeConnected, SharedSessionID: s.session.ID, Timestamp: time.Now().Format(time.RFC3339Nano),
		Cursor: r.Header.Get("Last-Event-ID"), Resume: protocol.ResumeOK,
	}
	if !ok {
		opening.Resume = protocol.ResumeGap
	}
	c.push(encode(&opening))
	for _, e := range s.events[from:] {
		c.push(e.line)
	}
	s.conns[c] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	s.writeStream(w, r, c, faults)
}

func (s *Server) writeStream(w http.ResponseWriter, r *http.Request, c *conn, faults Faults) {
	beat := time.NewTicker(cmp.Or(faults.Heartbeat, protocol.Heartbeat))
	defer beat.Stop()
	for {
		select {
		case <-c.wake:
		case <-beat.C:
			if !faults.NoPings {
				fmt.Fprint(w, ": heartbeat\n\n")
				_ = http.NewResponseController(w).Flush()
			}
			continue
		case <-r.Context().Done():
			return
		case <-s.life.Done():
			return
		}
		out, code := c.take()
		for _, line := range out {
			fmt.Fprintf(w, "id: x\ndata: %s\n\n", line)
			if strings.Contains(string(line), `"type":"session_closed"`) {
				code = protocol.CloseSessionEnded
			}
		}
		if http.NewResponseController(w).Flush() != nil || code != 0 {
			return
		}
	}
}
