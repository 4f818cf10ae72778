package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/web"
)

func TestPages(t *testing.T) {
	h := edge(web.Options{})
	get := func(path string) string {
		w := serve(h, request("GET", path, ""))
		require.Equal(t, http.StatusOK, w.Code, path)
		return w.Body.String()
	}
	t.Run("a link's page is the same whatever the session", func(t *testing.T) {
		page := get("/s/6f1f0f9c-33ad-4c8e-9d86-1b0d5f3f2a11")
		require.Equal(t, page, get("/s/no-session-at-all"))
		require.Contains(t, page, "parley join")
		require.Contains(t, page, "<noscript>")
	})
	t.Run("nothing is inline and nothing is from elsewhere", func(t *testing.T) {
		for _, path := range []string{"/", "/s/x"} {
			page := get(path)
			require.NotRegexp(t, `<script>|<style>|\sstyle=|\son[a-z]+=`, page)
			for _, ref := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
				require.Regexp(t, `^/[^/]|^/$`, ref[1])
				if strings.HasPrefix(ref[1], "/assets/") {
					get(ref[1])
				}
			}
		}
	})
	t.Run("assets have their types", func(t *testing.T) {
		for name, kind := range map[string]string{
			"join.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml",
		} {
			w := serve(h, request("GET", "/assets/"+name, ""))
			require.Equal(t, kind, w.Header().Get("Content-Type"))
		}
	})
	t.Run("nothing else is served from the binary", func(t *testing.T) {
		for _, path := range []string{"/assets/..%2fhome.html", "/assets/", "/assets/page.css/"} {
			require.NotEqual(t, http.StatusOK, serve(h, request("GET", path, "")).Code, path)
		}
	})
}
