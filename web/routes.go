package web

import (
	"net/http"

	"parley/protocol"
)

func (s *Server) routes() {
	const shared = "/api/shared-sessions"
	for _, root := range []string{shared, shared + "/{$}"} {
		s.mux.Handle("GET "+root, s.answer(http.StatusOK, s.public(s.listShared)))
		s.mux.Handle("POST "+root, s.answer(http.StatusCreated, s.createShared))
	}
	s.mux.Handle("GET "+shared+"/{id}", s.answer(http.StatusOK, s.sharedState))
	s.mux.Handle("DELETE "+shared+"/{id}", s.answer(http.StatusOK, s.closeShared))
	s.mux.Handle("GET "+shared+"/{id}/invitation", s.answer(http.StatusOK, s.invitation))
	s.mux.Handle("POST "+shared+"/{id}/join", s.answer(http.StatusOK, s.join))
	s.mux.Handle("POST "+shared+"/{id}/leave", s.answer(http.StatusOK, s.leave))
	s.mux.Handle("GET "+shared+"/{id}/participants", s.answer(http.StatusOK, s.participants))
	s.mux.Handle("GET "+shared+"/{id}/messages", s.answer(http.StatusOK, s.messages))
	s.mux.Handle("POST "+shared+"/{id}/messages", s.answer(http.StatusOK, s.chat))
	s.mux.Handle("POST "+shared+"/{id}/prompts", s.answer(http.StatusOK, s.prompt))
	s.mux.Handle("POST "+shared+"/{id}/approvals/{approvalId}", s.answer(http.StatusOK, s.approve))

	s.mux.Handle("GET "+shared+"/{id}/events", s.answer(http.StatusOK, s.poll))
	s.mux.Handle("GET "+shared+"/{id}/archive", s.answer(http.StatusOK, s.archive))
	s.mux.Handle("POST "+shared+"/{id}/commands", http.HandlerFunc(s.command))
	s.mux.Handle("GET "+shared+"/{id}/stream", s.handle(s.stream))
	s.mux.Handle("GET "+shared+"/{id}/ws", s.handle(s.socket))

	s.mux.Handle("GET /api/agents", s.answer(http.StatusOK, s.public(s.agents)))
	s.mux.Handle("GET /api/sessions", s.answer(http.StatusOK, s.public(s.listHost)))
	s.mux.Handle("POST /api/sessions", s.handle(s.createHost))
	s.mux.Handle("GET /api/sessions/{id}", s.answer(http.StatusOK, s.public(s.hostSession)))
	s.mux.Handle("DELETE /api/sessions/{id}", s.answer(http.StatusNoContent, s.deleteHost))
	s.mux.Handle("POST /api/sessions/{id}/cancel", s.answer(http.StatusNoContent, s.cancelHost))

	s.mux.Handle("GET /healthz", s.answer(http.StatusOK, s.healthy))
	s.mux.Handle("GET /readyz", s.answer(http.StatusOK, s.ready))
	s.mux.HandleFunc("GET /{$}", serveUI("./"))
	s.mux.HandleFunc("GET /s/{id}", serveUI("../"))
	s.mux.HandleFunc("GET /s/{id}/{$}", serveUI("../../"))
	s.mux.HandleFunc("GET /assets/{name}", s.serveAsset)
}

// public is an endpoint that needs no credentials, and so answers one address only
// so often.
func (s *Server) public(e endpoint) endpoint {
	return func(r *http.Request, body []byte) (any, error) {
		if err := s.addresses.read(r); err != nil {
			return nil, err
		}
		return e(r, body)
	}
}

// route is the mux, but for what no route takes: the mux answers that in plain
// text, and here it becomes JSON with the same status and headers.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	refuse, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	probe := &headerProbe{header: http.Header{}}
	refuse.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.fail(w, r, protocol.Errorf(protocol.CodeMethodNotAllowed, "this path does not take %.20s", r.Method))
		return
	}
	s.nothingHere(w, r)
}

// headerProbe is a ResponseWriter that keeps the status and the headers.
type headerProbe struct {
	header http.Header
	status int
}

func (p *headerProbe) Header() http.Header         { return p.header }
func (p *headerProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *headerProbe) WriteHeader(status int)      { p.status = status }

// live refuses HEAD, which the mux takes for GET, where an answer would not
// end.
func live(r *http.Request) error {
	if r.Method == http.MethodHead {
		return protocol.Errorf(protocol.CodeMethodNotAllowed, "this path does not take HEAD")
	}
	return nil
}
