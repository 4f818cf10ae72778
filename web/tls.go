package web

import (
	"bytes"
	"log"
	"net/http"

	"go.uber.org/zap"
)

// strictTransport lasts a year. It does not include subdomains, which may be other
// people's.
const strictTransport = "max-age=31536000"

// tellTransport tells browsers to use only HTTPS from now on, if the certificate is one
// that they trust. After that, nobody between a browser and the server can make it use
// plain HTTP.
func (s *Server) tellTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil && s.options.StrictTransport() {
			w.Header().Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}

// httpLog returns the log of the errors of the [http.Server].
func (s *Server) httpLog() *log.Logger { return log.New(httpLog{s.log}, "", 0) }

// httpLog logs errors of an [http.Server]. A failed TLS handshake is not worth attention:
// every port scan causes some.
type httpLog struct{ log *zap.Logger }

var handshakeFailed = []byte("http: TLS handshake error")

// Write implements [io.Writer] for lines of a [log.Logger].
func (l httpLog) Write(line []byte) (int, error) {
	text := string(bytes.TrimSpace(line))
	if bytes.HasPrefix(line, handshakeFailed) {
		l.log.Debug(text)
	} else {
		l.log.Info(text)
	}
	return len(line), nil
}
