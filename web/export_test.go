package web

// Endpoints returns the patterns of all endpoints.
func (s *Server) Endpoints() []string {
	var patterns []string
	for _, r := range s.endpoints {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}
