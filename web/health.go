package web

import (
	"net/http"

	"parley/web/internal/live"
)

// health is the body of both probes. Server to client.
type health struct {
	Status string `json:"status"` // "ok"; any other state is an error body
}

// healthy answers that the process is running.
func (s *Server) healthy(*http.Request, []byte) (health, error) { return health{"ok"}, nil }

// ready answers whether the server accepts commands and can write the journal. It is
// for load balancers.
func (s *Server) ready(r *http.Request, _ []byte) (health, error) {
	if s.live.IsShuttingDown() {
		return health{}, live.ErrShuttingDown
	}
	if err := s.hub.Ready(r.Context()); err != nil {
		return health{}, err
	}
	return health{"ok"}, nil
}
