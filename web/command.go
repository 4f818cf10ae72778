package web

import (
	"net/http"

	"parley/hub"
	"parley/protocol"
)

// command takes any command of the protocol as a body and answers with the
// line that a socket would get. It is the protocol for clients that cannot
// have a socket.
func (s *Server) command(w http.ResponseWriter, r *http.Request) {
	body, err := s.readBody(w, r)
	if err != nil {
		s.commandFailed(w, r, "", err)
		return
	}
	req, err := protocol.DecodeRequest(body, s.o.Limits)
	if err != nil {
		s.commandFailed(w, r, req.ID, err)
		return
	}
	line, err := s.commandAnswer(r, req)
	if err != nil {
		s.commandFailed(w, r, req.ID, err)
		return
	}
	s.writeAnswer(w, http.StatusOK, line)
}

func (s *Server) commandAnswer(r *http.Request, req protocol.Request) ([]byte, error) {
	who, known := headerCredentials(r)
	switch req.Command.(type) {
	case *protocol.Ping:
		return protocol.Encode(&protocol.PongMessage{ID: req.ID})
	case *protocol.Join, *protocol.Resume:
		who = hub.Credentials{} // theirs are in the payload
	default:
		// Reading is no act: those may read who may not act any more.
		who.ReadOnly = onlyReads(req.Command)
		if !known {
			return nil, protocol.Errorf(protocol.CodeUnauthorized, "Authorization and %s are missing", headerParticipant)
		}
	}
	if err := s.limits.take(who); err != nil {
		return nil, err
	}
	answer, err := s.carryOut(r, who, req)
	if err != nil {
		return nil, err
	}
	return answer.Encode(req.ID)
}

func onlyReads(c protocol.Command) bool {
	switch c.(type) {
	case *protocol.History, *protocol.Item, *protocol.People, *protocol.AskPresence:
		return true
	}
	return false
}

// commandFailed answers with the error line of a socket and the status of REST.
func (s *Server) commandFailed(w http.ResponseWriter, r *http.Request, id string, err error) {
	e := s.clientError(r.URL.Path, err)
	line, err := protocol.Encode(&protocol.ErrorMessage{ID: id, Error: e.Wire()})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setRetryAfter(w, e)
	writeJSON(w, e.Entry().Status, line)
}
