package page

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"path"
	"sync"
)

// asset is a file of the application. It is immutable.
type asset struct {
	kind       string // its Content-Type
	body       []byte
	compressed func() []byte // with gzip; nil if that is not smaller
}

func newAsset(name string, body []byte) asset {
	return asset{
		kind:       contentType(name),
		body:       body,
		compressed: sync.OnceValue(func() []byte { return compress(body) }),
	}
}

func readAssets(files fs.FS, dir string) map[string]asset {
	assets := map[string]asset{}
	root, err := fs.Sub(files, dir)
	if err == nil {
		err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(root, name)
			assets[name] = newAsset(name, body)
			return err
		})
	}
	if err != nil {
		panic(err) // New requires that files can be read
	}
	return assets
}

// contentType knows the application's types itself, since the list of the system's
// types may differ.
func contentType(name string) string {
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

func compress(body []byte) []byte {
	var b bytes.Buffer
	// None of these calls fails: the level is valid, and a buffer accepts everything.
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}
