package clienttest

import (
	"time"

	"parley/protocol"
)

// Faults are the faults of a server as a whole. The zero value means none.
type Faults struct {
	NoWebSocket bool          // refuse the WebSocket handshake, as some proxies do
	Heartbeat   time.Duration // as in the welcome; 15 s if zero
	NoPings     bool          // send nothing while nothing happens
	PeopleShown int           // how many participants a welcome lists; all if zero
}

// Fault is a fault of one command. The zero value means none.
type Fault struct {
	CutBefore bool            // break the connection and do not carry out the command
	CutAfter  bool            // break the connection before the answer
	NoAnswer  bool            // send no answer
	Twice     bool            // send the answer twice
	Error     *protocol.Error // send this answer
}

// Set changes the faults of the server, for connections from now on.
func (s *Server) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Intercept lets f choose the fault of every command, including joins. f must not call
// the server. A nil f ends the interception.
func (s *Server) Intercept(f func(protocol.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = f
}

// faultOf records a command and returns its fault. The caller holds s.mu.
func (s *Server) faultOf(req protocol.Request) Fault {
	s.received = append(s.received, req)
	if s.intercept == nil {
		return Fault{}
	}
	return s.intercept(req)
}
