package web

import (
	"net/http"

	"go.uber.org/zap"

	"parley/protocol"
)

// health is the body of both probes. Server to client.
type health struct {
	Status string `json:"status"` // "ok"; anything else is an error body
}

// healthy says that the process is up and answers.
func (s *Server) healthy(*http.Request, []byte) (any, error) { return health{"ok"}, nil }

// ready says that commands are taken. A load balancer looks here.
func (s *Server) ready(*http.Request, []byte) (any, error) {
	if s.open.closing() {
		return nil, errShuttingDown
	}
	if s.o.Ready != nil {
		if err := s.o.Ready(); err != nil {
			s.log.Warn("not ready", zap.Error(err))
			return nil, errNotReady
		}
	}
	return health{"ok"}, nil
}

var errNotReady = protocol.Errorf(protocol.CodeJournalUnavailable, "the server does not take commands now")
