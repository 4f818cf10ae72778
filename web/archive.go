package web

import (
	"net/http"

	"parley/protocol"
)

// archive answers with a page of a session's events: after a cursor, before one, or
// from the first. Every participant who was not removed may read it.
func (s *Server) archive(r *http.Request, _ []byte) (answer *protocol.ArchiveAnswer, err error) {
	query := r.URL.Query()
	caller, err := queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	which := protocol.History{After: query.Get("cursor"), Before: query.Get("before")}
	if which.Limit, err = s.eventLimit(query, s.options.Limits.HistoryLimit); err != nil {
		return nil, err
	}
	if err := which.Normalize(s.options.Limits); err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Archive(r.Context(), r.PathValue("id"), caller, which)
		return err
	})
	return answer, err
}
