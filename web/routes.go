package web

import (
	"net/http"

	"parley/protocol"
)

func (s *Server) routes() {
	s.sharedRoutes()
	s.hostRoutes()
	s.mux.Handle("GET /healthz", respond(s, http.StatusOK, s.healthy))
	s.mux.Handle("GET /readyz", respond(s, http.StatusOK, s.ready))
	s.mux.HandleFunc("GET /{$}", s.site.ServePage("./"))
	s.mux.HandleFunc("GET /s/{id}", s.site.ServePage("../"))
	s.mux.HandleFunc("GET /s/{id}/{$}", s.site.ServePage("../../"))
	s.mux.HandleFunc("GET /assets/{name}", s.serveAsset)
}

func (s *Server) sharedRoutes() {
	const all = "/api/shared-sessions"
	const one = all + "/{id}"
	for _, path := range []string{all, all + "/{$}"} {
		s.mux.Handle("GET "+path, s.respondStreamed(anonymous(s, s.listShared)))
		s.mux.Handle("POST "+path, respond(s, http.StatusCreated, s.createShared))
	}
	s.mux.Handle("GET "+one, s.respondStreamed(s.sharedState))
	s.mux.Handle("DELETE "+one, respond(s, http.StatusOK, s.closeShared))
	s.mux.Handle("GET "+one+"/invitation", respond(s, http.StatusOK, s.invitation))
	s.mux.Handle("POST "+one+"/join", respond(s, http.StatusOK, s.join))
	s.mux.Handle("POST "+one+"/leave", respond(s, http.StatusOK, s.leave))
	s.mux.Handle("GET "+one+"/participants", s.respondStreamed(s.listParticipants))
	s.mux.Handle("GET "+one+"/messages", s.respondStreamed(s.listMessages))
	s.mux.Handle("POST "+one+"/messages", respond(s, http.StatusOK, s.chat))
	s.mux.Handle("GET "+one+"/queue", respond(s, http.StatusOK, s.listQueue))
	s.mux.Handle("POST "+one+"/prompts", respond(s, http.StatusOK, s.prompt))
	s.mux.Handle("POST "+one+"/approvals/{approvalId}", respond(s, http.StatusOK, s.approve))
	s.mux.Handle("POST "+one+"/approvals/{approvalId}/withdraw", respond(s, http.StatusOK, s.withdraw))
	s.mux.Handle("POST "+one+"/approvals/{approvalId}/edit", respond(s, http.StatusOK, s.editPrompt))
	s.mux.Handle("POST "+one+"/approvals/{approvalId}/move", respond(s, http.StatusOK, s.movePrompt))

	s.mux.Handle("POST "+one+"/attachments", s.handle(s.upload))
	s.mux.Handle("GET "+one+"/attachments/{attachmentId}", s.handle(s.download))
	s.mux.Handle("POST "+one+"/configure", respond(s, http.StatusOK, s.configure))
	s.mux.Handle("POST "+one+"/sign-in", respond(s, http.StatusOK, s.signIn))
	s.mux.Handle("POST "+one+"/stop-work", respond(s, http.StatusOK, s.stopWork))
	s.mux.Handle("GET "+one+"/changes", respond(s, http.StatusOK, s.changes))
	s.mux.Handle("GET "+one+"/files", respond(s, http.StatusOK, s.files))
	s.mux.Handle("POST "+one+"/reviews", respond(s, http.StatusOK, s.reviewFile))
	s.mux.Handle("POST "+one+"/answer", respond(s, http.StatusOK, s.answer))
	s.mux.Handle("POST "+one+"/restart-agent", respond(s, http.StatusOK, s.restartAgent))
	s.mux.Handle("POST "+one+"/switch-agent", respond(s, http.StatusOK, s.switchAgent))
	s.mux.Handle("GET "+one+"/events", respond(s, http.StatusOK, s.poll))
	s.mux.Handle("GET "+one+"/archive", respond(s, http.StatusOK, s.archive))
	s.mux.HandleFunc("POST "+one+"/commands", s.command)
	s.mux.Handle("GET "+one+"/stream", s.handle(s.stream))
	s.mux.Handle("GET "+one+"/ws", s.handle(s.webSocket))
}

func (s *Server) hostRoutes() {
	s.mux.Handle("GET /api/connect", s.handle(s.connector))
	s.mux.Handle("GET /api/agents", respond(s, http.StatusOK, anonymous(s, s.agents)))
	s.mux.Handle("POST /api/agents/{name}/sessions", respond(s, http.StatusOK, s.agentSessions))
	s.mux.Handle("POST /api/agents/{name}/directories", respond(s, http.StatusOK, anonymous(s, s.agentDirectories)))
	s.mux.Handle("GET /api/sessions", s.respondStreamed(anonymous(s, s.listHost)))
	s.mux.Handle("POST /api/sessions", s.handle(s.createHost))
	s.mux.Handle("GET /api/sessions/{id}", respond(s, http.StatusOK, anonymous(s, s.hostSession)))
	s.mux.Handle("DELETE /api/sessions/{id}", s.respondEmpty(s.deleteHost))
	s.mux.Handle("POST /api/sessions/{id}/cancel", s.respondEmpty(s.cancelHost))
}

// anonymous limits an endpoint that needs no credentials by the client's address.
func anonymous[A any](s *Server, e endpoint[A]) endpoint[A] {
	return func(r *http.Request, body []byte) (answer A, err error) {
		if err := s.checkReadLimit(r); err != nil {
			return answer, err
		}
		return e(r, body)
	}
}

var errNotFound = protocol.Errorf(protocol.CodeNotFound, "there is nothing here")

// route serves the request by the mux. Where no route matches, the mux would answer in
// plain text; route answers in JSON, with the same status and headers.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	noRoute, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	probe := &headerProbe{header: http.Header{}}
	noRoute.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.fail(w, r, protocol.Errorf(protocol.CodeMethodNotAllowed, "this path does not accept %.20s", r.Method))
		return
	}
	s.notFound(w, r)
}

// headerProbe is a ResponseWriter that keeps only the status and the header.
type headerProbe struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (p *headerProbe) Header() http.Header { return p.header }

// Write implements [http.ResponseWriter].
func (p *headerProbe) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements [http.ResponseWriter].
func (p *headerProbe) WriteHeader(status int) { p.status = status }

// refuseHead refuses HEAD, which the mux routes like GET, for a response that would
// not end.
func refuseHead(r *http.Request) error {
	if r.Method == http.MethodHead {
		return protocol.Errorf(protocol.CodeMethodNotAllowed, "this path does not accept HEAD")
	}
	return nil
}
