package web

import (
	"net/http"

	"parley/protocol"
)

// changes answers with the changes of the agent's working directory.
func (s *Server) changes(r *http.Request, _ []byte) (answer *protocol.ChangesAnswer, err error) {
	query := r.URL.Query()
	caller, err := s.queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	q := protocol.ChangesQuery{Scope: query.Get("scope"), Turn: query.Get("turn"), Path: query.Get("path")}
	if err := q.Normalize(); err != nil {
		return nil, err
	}
	if err := s.takeCommand(caller); err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Changes(r.Context(), r.PathValue("id"), caller, q)
		return err
	})
	return answer, err
}

// files answers with files of the agent's working directory, for the completion of names.
func (s *Server) files(r *http.Request, _ []byte) (answer *protocol.FilesAnswer, err error) {
	query := r.URL.Query()
	caller, err := s.queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	text := query.Get("query")
	if len(text) > protocol.MaxChangesPath {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "query has more than %d bytes", protocol.MaxChangesPath)
	}
	if err := s.takeCommand(caller); err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Files(r.Context(), r.PathValue("id"), caller, text)
		return err
	})
	return answer, err
}

// reviewFile marks a version of a changed file as reviewed, or removes the mark.
func (s *Server) reviewFile(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.ReviewFile](s, r, body)
}
