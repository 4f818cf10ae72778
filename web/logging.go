package web

import (
	"net/http"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// logRequests is the outermost handler. It logs one line for each request, with the
// path alone, since a query can contain a token. It answers for a handler that panics.
func (s *Server) logRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, timeout: s.options.WriteTimeout}
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				s.handlerPanicked(rec, r, p)
			}
			s.log.Debug("request",
				zap.String("method", r.Method),
				zap.String("path", r.URL.Path),
				zap.Int("status", rec.status),
				zap.Int64("bytes", rec.bytes),
				zap.Duration("took", time.Since(start)))
		}()
		next.ServeHTTP(rec, r)
	})
}

// handlerPanicked logs a panic and answers INTERNAL. If the response has begun it
// closes the connection instead, so that the client does not take a part of the
// response for the whole.
func (s *Server) handlerPanicked(rec *recorder, r *http.Request, p any) {
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

// recorder records what a handler answers. It also starts the time-out of the
// response when the response begins: net/http starts it with the request, so that a
// slow handler could use it up. [http.ResponseController] finds the methods of the
// wrapped writer by Unwrap.
type recorder struct {
	http.ResponseWriter
	timeout time.Duration // of the response
	status  int           // 0 until the header is written
	bytes   int64
}

// Unwrap returns the wrapped writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	r.begin(status)
	r.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (r *recorder) Write(b []byte) (int, error) {
	r.begin(http.StatusOK)
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

func (r *recorder) begin(status int) {
	if r.status == 0 {
		r.status = status
		_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(r.timeout))
	}
}
