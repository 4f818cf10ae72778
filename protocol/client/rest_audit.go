package client

import (
	"context"
	"net/http"

	"parley/protocol"
)

// Audit returns who did what in a shared session, the oldest first. It is for those who
// administer the server.
func (s *Server) Audit(ctx context.Context, session string) (protocol.AuditAnswer, error) {
	var answer protocol.AuditAnswer
	err := s.do(ctx, request{name: "audit", method: http.MethodGet, path: []string{"shared-sessions", session, "audit"}}, &answer)
	return answer, err
}
