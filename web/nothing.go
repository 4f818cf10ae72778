package web

import (
	"net/http"
	"strconv"
	"strings"

	"parley/protocol"
)

var errNothingHere = protocol.Errorf(protocol.CodeNotFound, "there is nothing here")

// nothingHere answers a request for an unknown path: a browser that was sent there
// gets a page, every other client the error.
func (s *Server) nothingHere(w http.ResponseWriter, r *http.Request) {
	if !wantsPage(r) {
		s.fail(w, r, errNothingHere)
		return
	}
	body := uiPageFrom("notfound.html", rootFrom(r.URL.EscapedPath()))
	h := w.Header()
	h.Set("Content-Security-Policy", uiPolicy)
	h.Set("Content-Type", uiType("notfound.html"))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// wantsPage reports whether a person waits for the answer. The API answers
// everybody alike.
func wantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

// rootFrom returns where the server's root is from a path, as a relative
// reference: a proxy may have the server below a path that the server does not
// know.
func rootFrom(path string) string {
	const deepest = 32 // a path that is deeper was never a link, and would make the page long
	switch depth := strings.Count(path, "/") - 1; {
	case depth > deepest:
		return "/"
	case depth > 0:
		return strings.Repeat("../", depth)
	}
	return "./"
}
