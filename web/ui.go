package web

import (
	"embed"
	"net/http"

	"parley/web/internal/page"
)

// uiFiles is the build of the web application; ui/README.md describes it.
//
//go:embed all:ui/dist
var uiFiles embed.FS

var site = page.New(uiFiles, "ui/dist")

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	if !s.site.ServeAsset(w, r, r.PathValue("name")) {
		s.notFound(w, r)
	}
}

// notFound answers a request for an unknown path: with a page for browsers, with an
// error for every other client.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	if !s.site.ServeNotFound(w, r) {
		s.fail(w, r, errNotFound)
	}
}
