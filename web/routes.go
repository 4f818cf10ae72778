package web

import (
	"net/http"
	"slices"

	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/metrics"
)

// route is an endpoint: a pattern of the mux, what it asks of its caller, and what serves it.
type route struct {
	pattern string
	need    access.Need
	handler http.Handler
}

// register adds all endpoints to the mux.
func (s *Server) register() {
	for _, r := range slices.Concat(s.pageRoutes(), s.operatorRoutes(), s.sharedRoutes(), s.hostRoutes()) {
		s.mux.Handle(r.pattern, s.protect(r.need, r.handler))
		s.endpoints = append(s.endpoints, r)
	}
}

func (s *Server) pageRoutes() []route {
	return []route{
		{"GET /healthz", access.Nothing, respond(s, http.StatusOK, s.healthy)},
		{"GET /readyz", access.Nothing, respond(s, http.StatusOK, s.ready)},
		{"GET /{$}", access.Nothing, s.site.ServePage("./")},
		{"GET /s/{id}", access.Nothing, s.site.ServePage("../")},
		{"GET /s/{id}/{$}", access.Nothing, s.site.ServePage("../../")},
		{"GET /assets/{name}", access.Nothing, http.HandlerFunc(s.serveAsset)},
	}
}

func (s *Server) operatorRoutes() []route {
	return []route{
		{"GET /api/server", access.Nothing, s.forgetting(respond(s, http.StatusOK, anonymous(s, s.describeServer)))},
		{"GET /metrics", access.Administrator, metrics.Handler(metrics.Source{Refusals: s.hub.Refusals, Usage: s.usage})},
		{"POST /api/sign-in", access.Nothing, s.handle(s.signInOperator)},
		{"GET /api/sign-in/provider", access.Nothing, s.handle(s.toProvider)},
		{"GET /api/sign-in/callback", access.Nothing, s.handle(s.fromProvider)},
		{"POST /api/sign-out", access.Nothing, s.handle(s.signOutOperator)},
	}
}

func (s *Server) sharedRoutes() []route {
	const all = "/api/shared-sessions"
	const one = all + "/{id}"
	return []route{
		{"GET " + all, access.Operator, s.respondStreamed(anonymous(s, s.listShared))},
		{"POST " + all, access.Operator, respond(s, http.StatusCreated, s.createShared)},
		{"GET " + all + "/{$}", access.Operator, s.respondStreamed(anonymous(s, s.listShared))},
		{"POST " + all + "/{$}", access.Operator, respond(s, http.StatusCreated, s.createShared)},
		{"GET " + one, access.Reader, s.respondStreamed(s.sharedState)},
		{"DELETE " + one, access.Credentials, respond(s, http.StatusOK, s.closeShared)},
		{"GET " + one + "/audit", access.Operator, s.respondStreamed(s.audit)},
		{"GET " + one + "/invitation", access.Credentials, respond(s, http.StatusOK, s.invitation)},
		{"POST " + one + "/join", access.Credentials, respond(s, http.StatusOK, s.join)},
		{"POST " + one + "/leave", access.Credentials, respond(s, http.StatusOK, s.leave)},
		{"GET " + one + "/participants", access.Reader, s.respondStreamed(s.listParticipants)},
		{"GET " + one + "/messages", access.Reader, s.respondStreamed(s.listMessages)},
		{"POST " + one + "/messages", access.Credentials, respond(s, http.StatusOK, s.chat)},
		{"GET " + one + "/queue", access.Credentials, respond(s, http.StatusOK, s.listQueue)},
		{"POST " + one + "/prompts", access.Credentials, respond(s, http.StatusOK, s.prompt)},
		{"POST " + one + "/approvals/{approvalId}", access.Credentials, respond(s, http.StatusOK, s.approve)},
		{"POST " + one + "/approvals/{approvalId}/withdraw", access.Credentials, respond(s, http.StatusOK, s.withdraw)},
		{"POST " + one + "/approvals/{approvalId}/edit", access.Credentials, respond(s, http.StatusOK, s.editPrompt)},
		{"POST " + one + "/approvals/{approvalId}/move", access.Credentials, respond(s, http.StatusOK, s.movePrompt)},
		{"POST " + one + "/attachments", access.Credentials, s.handle(s.upload)},
		{"GET " + one + "/attachments/{attachmentId}", access.Credentials, s.handle(s.download)},
		{"POST " + one + "/configure", access.Credentials, respond(s, http.StatusOK, s.configure)},
		{"POST " + one + "/sign-in", access.Credentials, respond(s, http.StatusOK, s.signIn)},
		{"POST " + one + "/stop-work", access.Credentials, respond(s, http.StatusOK, s.stopWork)},
		{"GET " + one + "/changes", access.Credentials, respond(s, http.StatusOK, s.changes)},
		{"GET " + one + "/files", access.Credentials, respond(s, http.StatusOK, s.files)},
		{"POST " + one + "/reviews", access.Credentials, respond(s, http.StatusOK, s.reviewFile)},
		{"POST " + one + "/answer", access.Credentials, respond(s, http.StatusOK, s.answer)},
		{"POST " + one + "/restart-agent", access.Credentials, respond(s, http.StatusOK, s.restartAgent)},
		{"POST " + one + "/switch-agent", access.Credentials, respond(s, http.StatusOK, s.switchAgent)},
		{"GET " + one + "/events", access.Credentials, respond(s, http.StatusOK, s.poll)},
		{"GET " + one + "/export", access.Credentials, respond(s, http.StatusOK, s.export)},
		{"GET " + one + "/archive", access.Credentials, respond(s, http.StatusOK, s.archive)},
		{"POST " + one + "/commands", access.Credentials, http.HandlerFunc(s.command)},
		{"GET " + one + "/stream", access.Credentials, s.handle(s.stream)},
		{"GET " + one + "/ws", access.Credentials, s.handle(s.webSocket)},
	}
}

func (s *Server) hostRoutes() []route {
	return []route{
		{"GET /api/connect", access.Operator, s.handle(s.connector)},
		{"GET /api/agents", access.Operator, respond(s, http.StatusOK, anonymous(s, s.agents))},
		{"POST /api/agents/{name}/sessions", access.Administrator, respond(s, http.StatusOK, s.agentSessions)},
		{"POST /api/agents/{name}/directories", access.Operator, respond(s, http.StatusOK, anonymous(s, s.agentDirectories))},
		{"GET /api/sessions", access.Operator, s.respondStreamed(anonymous(s, s.listHost))},
		{"POST /api/sessions", access.Operator, s.handle(s.createHost)},
		{"GET /api/sessions/{id}", access.Operator, respond(s, http.StatusOK, anonymous(s, s.hostSession))},
		{"DELETE /api/sessions/{id}", access.Operator, s.respondEmpty(s.deleteHost)},
		{"POST /api/sessions/{id}/cancel", access.Operator, s.respondEmpty(s.cancelHost)},
	}
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

// serveRoute serves the request by the mux. Where no route matches, the mux would answer in
// plain text; serveRoute answers in JSON, with the same status and headers.
func (s *Server) serveRoute(w http.ResponseWriter, r *http.Request) {
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
