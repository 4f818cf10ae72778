package web

import "net/http"

// health is the body of both probes. Server to client.
type health struct {
	Status string `json:"status"` // "ok"; anything else is an error body
}

// healthy says that the process is up and answers.
func (s *Server) healthy(*http.Request, []byte) (any, error) { return health{"ok"}, nil }

// ready says that commands are taken and can be written down. A load balancer
// looks here.
func (s *Server) ready(r *http.Request, _ []byte) (any, error) {
	if s.open.closing() {
		return nil, errShuttingDown
	}
	if err := s.hub.Ready(r.Context()); err != nil {
		return nil, err
	}
	return health{"ok"}, nil
}
