package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
)

// pages are what people see who open a link in a browser. They are the same
// for every link: whether a session exists is nobody's business without its
// invite, which stays in the fragment and never gets here.
//
//go:embed page
var pages embed.FS

// pagePolicy allows the pages their own style and script, and no more.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func servePage(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		serveEmbedded(w, r, name)
	}
}

func serveAsset(w http.ResponseWriter, r *http.Request) error {
	name := path.Join("assets", path.Base(r.PathValue("name")))
	if _, err := fs.Stat(pages, path.Join("page", name)); err != nil {
		return errNothingHere
	}
	serveEmbedded(w, r, name)
	return nil
}

// serveEmbedded serves a file of the binary. A newer binary has other bytes
// under the same name, so browsers have to ask again.
func serveEmbedded(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, pages, path.Join("page", name))
}
