package web

import (
	"cmp"
	"errors"
	"net/http"

	"parley/protocol"
)

// webSocket serves one WebSocket connection.
func (s *Server) webSocket(w http.ResponseWriter, r *http.Request) error {
	return s.live.ServeWebSocket(w, r, r.PathValue("id"))
}

// stream serves a session's events as server-sent events.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	if err := refuseHead(r); err != nil {
		return err
	}
	q := r.URL.Query()
	caller, err := s.queryCredentials(r, q)
	if err != nil {
		return err
	}
	caller.ReadOnly = q.Get("readOnly") == "true"
	cursor := cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("since"))
	return original(s.live.ServeStream(w, r, r.PathValue("id"), caller, cursor))
}

// asProtocol returns the error of the protocol's catalogue in err's chain, if any.
func asProtocol(err error) (*protocol.Error, bool) { return errors.AsType[*protocol.Error](err) }
