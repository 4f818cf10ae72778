package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// uiFiles is the web application as it was built: ui/README.md says how.
//
//go:embed all:ui/dist
var uiFiles embed.FS

// uiPolicy allows the application its own scripts, styles, pictures and
// connections, and no more: nothing inline, and nothing from elsewhere. What
// it is given as data: is pictures that the agent sent inside its messages.
const uiPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// uiAsset is a file of the application. It is immutable.
type uiAsset struct {
	kind   string
	body   []byte
	packed func() []byte // gzip; nil if that does not make it smaller
}

// uiAssets are the application's files by their path below the build. They are
// read at the first request, and packed at the first that takes them packed.
var uiAssets = sync.OnceValue(func() map[string]uiAsset {
	root, err := fs.Sub(uiFiles, "ui/dist")
	if err != nil {
		panic(err) // the path is constant
	}
	assets := make(map[string]uiAsset)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		assets[name] = newUIAsset(name, body)
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return assets
})

func newUIAsset(name string, body []byte) uiAsset {
	return uiAsset{
		kind:   uiType(name),
		body:   body,
		packed: sync.OnceValue(func() []byte { return pack(body) }),
	}
}

// uiType does not ask the machine, whose list of types may be another.
func uiType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	// Neither fails: the level is valid, and a buffer takes everything.
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

// uiPage is the application's page, by where the files are from there. A proxy may have the server below a path that the server does not know,
// so the page names its files from itself on.
var uiPage = sync.OnceValue(func() map[string]uiAsset {
	pages := map[string]uiAsset{}
	for _, root := range []string{"./", "../", "../../"} {
		pages[root] = newUIAsset("index.html", uiPageFrom("index.html", root))
	}
	return pages
})

// uiPageFrom returns a page of the build, its references from root on.
func uiPageFrom(name, root string) []byte {
	return bytes.ReplaceAll(uiAssets()[name].body, []byte(`"./`), []byte(`"`+root))
}

// serveUI answers with the application's page. It is the same for every link:
// whether a session exists is nobody's business without its invite, which
// stays in the fragment and never gets here. root is where the server's root is
// from the page.
func serveUI(root string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", uiPolicy)
		w.Header().Set("Cache-Control", "no-cache")
		serveUIAsset(w, r, uiPage()[root])
	}
}

// serveAsset answers with one of the files that the page names. Their names
// change with their content, so browsers may keep them.
func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	asset, ok := uiAssets()["assets/"+r.PathValue("name")]
	if !ok {
		s.nothingHere(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	serveUIAsset(w, r, asset)
}

func serveUIAsset(w http.ResponseWriter, r *http.Request, a uiAsset) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	if takesGzip(r) {
		if packed := a.packed(); packed != nil {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(packed)))
			_, _ = w.Write(packed) // a client that is gone needs no answer
			return
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

func takesGzip(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}
