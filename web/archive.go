package web

import (
	"net/http"

	"parley/protocol"
)

// archive answers with a page of a session's events: after a cursor, before one, or
// from the first. Every participant may read it who was not removed.
func (s *Server) archive(r *http.Request, _ []byte) (any, error) {
	query := r.URL.Query()
	who, err := queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	which := protocol.History{After: query.Get("cursor"), Before: query.Get("before")}
	if which.Limit, err = s.readLimit(query, s.o.Limits.HistoryLimit); err != nil {
		return nil, err
	}
	if err := which.Normalize(s.o.Limits); err != nil {
		return nil, err
	}
	var answer *protocol.ArchiveAnswer
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, nil, func() error {
		answer, err = s.hub.Archive(r.Context(), r.PathValue("id"), who, which)
		return err
	})
	return answer, err
}
