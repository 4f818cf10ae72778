package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/web"
)

var reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestUI(t *testing.T) {
	h := edge(web.Options{})
	get := func(path string) string {
		w := serve(h, request("GET", path, ""))
		require.Equal(t, http.StatusOK, w.Code, path)
		return w.Body.String()
	}
	t.Run("the page of a link is the same for every session", func(t *testing.T) {
		page := get("/s/6f1f0f9c-33ad-4c8e-9d86-1b0d5f3f2a11")
		require.Equal(t, page, get("/s/no-session-at-all"))
		require.Equal(t, strings.ReplaceAll(page, `"../`, `"../../`), get("/s/no-session-at-all/"))
		require.Equal(t, strings.ReplaceAll(page, `"../assets/`, `"./assets/`), get("/"))
	})
	t.Run("without scripts it explains how to join from a terminal", func(t *testing.T) {
		require.Regexp(t, `(?s)<noscript>.*parley join 'LINK'.*</noscript>`, get("/s/x"))
	})
	t.Run("it has nothing inline and nothing of other sites", func(t *testing.T) {
		page := get("/")
		require.NotRegexp(t, `<script>|<style|\sstyle=|\son[a-z]+=`, page)
		references := reference.FindAllStringSubmatch(page, -1)
		require.NotEmpty(t, references)
		for _, ref := range references {
			require.Regexp(t, `^\./assets/`, ref[1])
		}
	})
	t.Run("its references are relative, for a proxy that serves it below a path", func(t *testing.T) {
		for _, at := range []string{"/", "/s/some-session"} {
			for _, ref := range reference.FindAllStringSubmatch(get(at), -1) {
				get(path.Join(path.Dir(at), ref[1]))
			}
		}
	})
	t.Run("scripts are loaded from the server alone", func(t *testing.T) {
		w := serve(h, request("GET", "/", ""))
		require.Regexp(t, `default-src 'none'; script-src 'self'; style-src 'self'; `, w.Header().Get("Content-Security-Policy"))
		require.NotRegexp(t, `unsafe|http|\*`, w.Header().Get("Content-Security-Policy"))
	})
	t.Run("nothing else is served from the binary", func(t *testing.T) {
		for _, path := range []string{"/assets/..%2findex.html", "/assets/", "/assets/none.js", "/index.html"} {
			require.Equal(t, http.StatusNotFound, serve(h, request("GET", path, "")).Code, path)
		}
	})
}

func TestUI_assets(t *testing.T) {
	h := edge(web.Options{})
	kinds := map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml", ".woff2": "font/woff2",
	}
	page := serve(h, request("GET", "/", "")).Body.String()
	for _, ref := range reference.FindAllStringSubmatch(page, -1) {
		file := path.Join("/", ref[1])
		plain := serve(h, request("GET", file, ""))
		t.Run("have their types and are cached", func(t *testing.T) {
			require.Equal(t, kinds[path.Ext(ref[1])], plain.Header().Get("Content-Type"))
			require.Contains(t, plain.Header().Get("Cache-Control"), "immutable")
		})
		t.Run("are compressed for clients that accept it", func(t *testing.T) {
			r := request("GET", file, "")
			r.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
			w := serve(h, r)
			if w.Header().Get("Content-Encoding") == "" {
				require.NotContains(t, []string{".js", ".css"}, path.Ext(ref[1]), "only what packing makes smaller")
				return
			}
			z, err := gzip.NewReader(w.Body)
			require.NoError(t, err)
			unpacked, err := io.ReadAll(z)
			require.NoError(t, err)
			require.Equal(t, plain.Body.String(), string(unpacked))
		})
	}
}
