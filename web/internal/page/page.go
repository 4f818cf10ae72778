package page

import (
	"bytes"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// policy allows the application its own scripts, styles, images and connections,
// and nothing inline or from other sites. Images and audio as data: URLs are allowed, since
// the agent sends them in its messages, and as blob: URLs, since the application reads
// attachments with credentials.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
	"img-src 'self' data: blob:; media-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Site is the built web application.
type Site struct {
	// immutable
	assets func() map[string]asset // by path below the build's directory
	pages  func() map[string]asset // index.html by root
	meta   map[string]string       // facts that the page contains, by name
}

// New returns the application whose build is in a directory of files, which must be
// readable, as embedded files are.
func New(files fs.FS, dir string) *Site {
	return newSite(sync.OnceValue(func() map[string]asset { return readAssets(files, dir) }), nil)
}

// With returns the same application with facts for its scripts: elements <meta name
// content> in its page.
func (s *Site) With(meta map[string]string) *Site { return newSite(s.assets, meta) }

func newSite(assets func() map[string]asset, meta map[string]string) *Site {
	s := &Site{assets: assets, meta: meta}
	s.pages = sync.OnceValue(func() map[string]asset {
		pages := map[string]asset{}
		for _, root := range []string{"./", "../", "../../"} {
			pages[root] = newAsset("index.html", s.withMeta(s.withRoot("index.html", root)))
		}
		return pages
	})
	return s
}

// withMeta returns a page with the facts in its head.
func (s *Site) withMeta(page []byte) []byte {
	var all []byte
	for _, name := range slices.Sorted(maps.Keys(s.meta)) {
		all = fmt.Appendf(all, `<meta name="%s" content="%s" />`, html.EscapeString(name), html.EscapeString(s.meta[name]))
	}
	return bytes.Replace(page, []byte("</head>"), append(all, "</head>"...), 1)
}

// ServePage returns a handler that answers with the application's page. The page is
// the same whether or not a session exists: only the invite tells, and it is in the
// URL's fragment, which browsers do not send. root is the relative URL of the server's
// root from the page: ./, ../ or ../../.
func (s *Site) ServePage(root string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache")
		s.pages()[root].serve(w, r)
	}
}

// ServeAsset answers with a file that the page refers to. It returns false, and does
// not answer, if there is no such file. The names of the files change with their
// content, so that browsers may cache them.
func (s *Site) ServeAsset(w http.ResponseWriter, r *http.Request, name string) bool {
	asset, ok := s.assets()["assets/"+name]
	if ok {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		asset.serve(w, r)
	}
	return ok
}

// withRoot returns a page whose references are relative to root. A proxy may serve
// the application below a path that the server does not know, so no reference can be
// absolute.
func (s *Site) withRoot(name, root string) []byte {
	return bytes.ReplaceAll(s.assets()[name].body, []byte(`"./`), []byte(`"`+root))
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	if acceptsGzip(r) {
		if compressed := a.compressed(); compressed != nil {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(compressed)))
			_, _ = w.Write(compressed) // fails only if the client is gone
			return
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}
