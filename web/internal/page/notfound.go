package page

import (
	"net/http"
	"strconv"
	"strings"
)

// ServeNotFound answers a browser's request for an unknown path with a page. It
// returns false, and does not answer, if the request is not for a page: every answer
// of the API is JSON.
func (s *Site) ServeNotFound(w http.ResponseWriter, r *http.Request) bool {
	if !wantsPage(r) {
		return false
	}
	body := s.withRoot("notfound.html", rootFrom(r.URL.EscapedPath()))
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", contentType("notfound.html"))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(body) // fails only if the client is gone
	return true
}

func wantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

// rootFrom returns the relative URL of the server's root from a path.
func rootFrom(path string) string {
	const deepest = 32 // no link is deeper, and a longer URL would make the page long
	switch depth := strings.Count(path, "/") - 1; {
	case depth > deepest:
		return "/"
	case depth > 0:
		return strings.Repeat("../", depth)
	}
	return "./"
}
