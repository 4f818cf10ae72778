package web

import (
	"embed"
	"net/http"
	"net/url"
	"strings"

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

// withoutPrefix returns a handler that passes requests on to next without the path of
// the public URL. Some proxies pass that path on and others remove it, so a request may
// also come without it. A request for exactly the path, without the slash at its end, is
// redirected, since the page refers to other files by relative URLs.
func withoutPrefix(public *url.URL, next http.Handler) http.Handler {
	if public == nil || strings.Trim(public.Path, "/") == "" {
		return next
	}
	prefix := strings.TrimSuffix(public.EscapedPath(), "/")
	strip := http.StripPrefix(strings.TrimSuffix(public.Path, "/"), next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.EscapedPath(); {
		case path == prefix:
			http.Redirect(w, r, prefix+"/", http.StatusPermanentRedirect)
		case strings.HasPrefix(path, prefix+"/"):
			strip.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
