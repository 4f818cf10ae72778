package web

import (
	"net/http"

	"parley/hub/feed"
	"parley/protocol"
)

// command serves the protocol to clients that cannot have a WebSocket: it takes any
// command as a body and answers with the line that a WebSocket would receive.
func (s *Server) command(w http.ResponseWriter, r *http.Request) {
	var req protocol.Request
	body, err := s.readBody(w, r)
	if err == nil {
		req, err = protocol.DecodeRequest(body, s.options.Limits)
	}
	var line []byte
	if err == nil {
		line, err = s.commandAnswer(r, req)
	}
	if err != nil {
		s.failCommand(w, r, req.ID, err)
		return
	}
	s.writeAnswer(w, http.StatusOK, line)
}

func (s *Server) commandAnswer(r *http.Request, req protocol.Request) ([]byte, error) {
	caller, ok := s.headerCredentials(r)
	switch req.Command.(type) {
	case *protocol.Ping:
		return feed.Answer{}.Encode(req.ID) // a pong
	case *protocol.Join, *protocol.Resume:
		caller = s.credentials(r, "", "") // the payload has them
	default:
		// Participants who may no longer act may still read.
		caller.ReadOnly = onlyReads(req.Command)
		if !ok {
			return nil, protocol.Errorf(protocol.CodeUnauthorized, "Authorization and %s are missing", headerParticipant)
		}
	}
	if err := s.takeCommand(caller); err != nil {
		return nil, err
	}
	answer, err := s.carryOut(r, caller, req)
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

// failCommand answers with the error line of a WebSocket and the status of REST.
func (s *Server) failCommand(w http.ResponseWriter, r *http.Request, id string, err error) {
	e := s.clientError(r.URL.Path, s.slowDown(r, err))
	line, err := protocol.EncodeError(id, e)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setRetryAfter(w, e)
	writeJSON(w, e.Entry().Status, line)
}
