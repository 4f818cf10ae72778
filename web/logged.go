package web

import (
	"net/http"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// logged is the outermost handler. It writes one line for each request, with
// the path alone: a query can hold a token. And it answers for a handler that
// panics.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, timeout: s.o.WriteTimeout}
		begin := time.Now()
		defer func() {
			if p := recover(); p != nil {
				s.recovered(rec, r, p)
			}
			s.log.Debug("request",
				zap.String("method", r.Method),
				zap.String("path", r.URL.Path),
				zap.Int("status", rec.status),
				zap.Int64("bytes", rec.bytes),
				zap.Duration("took", time.Since(begin)))
		}()
		next.ServeHTTP(rec, r)
	})
}

// recovered logs a panic and answers INTERNAL, if nothing was answered yet.
// Otherwise it breaks the connection off, so that the client does not take
// half an answer for a whole one.
func (s *Server) recovered(rec *recorder, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.log.Error("handler panicked",
		zap.Any("panic", p),
		zap.String("method", r.Method),
		zap.String("path", r.URL.Path),
		zap.ByteString("stack", debug.Stack()))
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	refuse(rec, protocol.Errorf(protocol.CodeInternal, "something went wrong on the server"))
}

// lasts serves a connection that outlives its handler, and answers for a panic
// in it as logged does for a handler's. It calls serve as long as that wants to
// be called again, each time but the first in a new goroutine, and then end.
func (s *Server) lasts(path string, serve func() (again bool), end func()) {
	again := false
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("connection panicked", zap.Any("panic", p), zap.String("path", path), zap.ByteString("stack", debug.Stack()))
		}
		if !again {
			s.open.leave()
		}
	}()
	defer func() {
		if !again {
			end()
		}
	}()
	if again = serve(); again {
		go s.lasts(path, serve, end)
	}
}

// recorder notes what a handler answers, and has the time for the answer count
// from its beginning: what net/http sets when a request comes may have passed. It
// hides nothing of the writer below: http.ResponseController finds that by
// Unwrap.
type recorder struct {
	http.ResponseWriter
	timeout time.Duration // of the answer
	status  int           // 0 until the header is written
	bytes   int64
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	r.begin(status)
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) begin(status int) {
	if r.status == 0 {
		r.status = status
		_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(r.timeout))
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.begin(http.StatusOK)
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}
