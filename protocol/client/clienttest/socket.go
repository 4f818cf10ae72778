package clienttest

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
)

// conn is the queue of one connection, a WebSocket or an event stream.
type conn struct {
	wake chan struct{} // signal sends, the writer receives; capacity 1, since one signal is enough; never closed

	mu   sync.Mutex
	out  [][]byte // guarded by mu
	code int      // the close code to end with; 0 while the connection is open, -1 to break it
}

func newConn() *conn { return &conn{wake: make(chan struct{}, 1)} }

func (c *conn) push(line []byte) {
	c.mu.Lock()
	if c.code == 0 {
		c.out = append(c.out, line)
	}
	c.mu.Unlock()
	c.signal()
}

func (c *conn) end(code int) {
	c.mu.Lock()
	if c.code == 0 {
		c.code = code
	}
	c.mu.Unlock()
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) take() (out [][]byte, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, c.out = c.out, nil
	return out, c.code
}

func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	faults, ok := s.enter()
	if !ok {
		return
	}
	defer s.running.Done()
	if faults.NoWebSocket {
		http.Error(w, "WebSockets are not available", http.StatusBadGateway)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(s.life)
	defer cancel()
	c := newConn()
	s.running.Go(func() {
		defer cancel()
		s.writeSocket(ctx, ws, c, faults)
	})
	s.readSocket(ctx, ws, c)
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

func (s *Server) readSocket(ctx context.Context, ws *websocket.Conn, c *conn) {
	var sender *protocol.Participant
	for {
		_, message, err := ws.Read(ctx)
		if err != nil {
			return
		}
		for line := range protocol.SplitLines(message) {
			req, err := protocol.DecodeRequest(line, protocol.DefaultLimits)
			if err != nil {
				c.push(encode(&protocol.ErrorMessage{ID: req.ID, Error: protocol.AsError(err).Wire()}))
				continue
			}
			sender = s.receive(c, sender, req)
		}
	}
}

// receive carries out one command of a WebSocket, with its fault. It returns the
// participant of the connection, or nil before the welcome.
func (s *Server) receive(c *conn, sender *protocol.Participant, req protocol.Request) *protocol.Participant {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := s.faultOf(req)
	if fault.CutBefore {
		c.end(-1)
		return sender
	}
	if fault.Error != nil {
		c.push(encode(&protocol.ErrorMessage{ID: req.ID, Error: fault.Error.Wire()}))
		if sender == nil {
			c.end(fault.Error.Entry().Close)
		}
		return sender
	}
	if sender == nil {
		return s.attach(c, req, fault)
	}
	answer := s.do(sender, req)
	switch {
	case fault.CutAfter:
		c.end(-1)
	case fault.Twice:
		c.push(answer)
		c.push(answer)
	case !fault.NoAnswer:
		c.push(answer)
	}
	if _, left := req.Command.(*protocol.Leave); left {
		c.end(int(websocket.StatusNormalClosure))
	}
	if _, closed := req.Command.(*protocol.Close); closed {
		c.end(protocol.CloseSessionEnded)
	}
	return sender
}

// attach carries out the first command of a WebSocket.
func (s *Server) attach(c *conn, req protocol.Request, fault Fault) *protocol.Participant {
	welcome, sender, from, e := s.welcome(req)
	if e != nil {
		c.push(encode(&protocol.ErrorMessage{ID: req.ID, Error: e.Wire()}))
		c.end(e.Entry().Close)
		return nil
	}
	if fault.CutAfter {
		c.end(-1)
		return nil
	}
	c.push(encode(&protocol.WelcomeMessage{ID: req.ID, Payload: welcome}))
	for _, e := range s.events[from:] {
		c.push(e.line)
	}
	s.conns[c] = true
	return sender
}

// writeSocket sends everything that is queued in one message, and pings.
func (s *Server) writeSocket(ctx context.Context, ws *websocket.Conn, c *conn, faults Faults) {
	defer ws.CloseNow()
	beat := time.NewTicker(cmp.Or(faults.Heartbeat, protocol.Heartbeat))
	defer beat.Stop()
	for {
		select {
		case <-c.wake:
		case <-beat.C:
			if !faults.NoPings && ws.Ping(ctx) != nil {
				return
			}
			continue
		case <-ctx.Done():
			return
		}
		out, code := c.take()
		if len(out) > 0 && ws.Write(ctx, websocket.MessageText, join(out)) != nil {
			return
		}
		if code == -1 {
			return
		}
		if code != 0 {
			_ = ws.Close(websocket.StatusCode(code), "")
			return
		}
	}
}

// join joins lines to one message.
func join(lines [][]byte) []byte {
	var message []byte
	for _, line := range lines {
		message = append(append(message, line...), '\n')
	}
	return message
}
