package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"go.uber.org/zap"

	"parley/protocol"
)

// endpoint answers one call from its request and body, which is nil for GET. It
// returns what the body of the answer is, or an error.
type endpoint func(r *http.Request, body []byte) (any, error)

// answer serves an endpoint whose success has this status.
func (s *Server) answer(status int, e endpoint) http.Handler {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		body, err := s.readBody(w, r)
		if err != nil {
			return err
		}
		result, err := e(r, body)
		if err != nil {
			return err
		}
		if status == http.StatusNoContent {
			w.WriteHeader(status)
			return nil
		}
		if long, ok := result.(*longAnswer); ok {
			return s.writeLong(w, r, status, long)
		}
		if body, err = protocol.Marshal(result); err != nil {
			return err
		}
		writeJSON(w, status, body)
		return nil
	})
}

// handle serves h, and answers with the error that it returns, if any. Once h
// has begun an answer of its own it returns nil.
func (s *Server) handle(h func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail answers with an error. One that is not of the catalogue is for the log
// alone.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	refuse(w, s.clientError(r.URL.Path, err))
}

// clientError returns what a client may see of err, and logs the rest.
func (s *Server) clientError(path string, err error) *protocol.Error {
	switch {
	case errors.Is(err, context.Canceled):
		return errShuttingDown // or the client is gone, and sees nothing
	case errors.Is(err, context.DeadlineExceeded):
		s.log.Warn("request took too long", zap.String("path", path), zap.Error(err))
		return errTooSlow
	}
	e := protocol.AsError(err)
	switch {
	case e.Code == protocol.CodeInternal:
		s.log.Error("request failed", zap.String("path", path), zap.Error(err))
	case err != error(e): // it was wrapped: there is more to know
		s.log.Warn("request failed", zap.String("path", path), zap.Error(err))
	}
	return e
}

// errTooSlow answers a request that the server did not finish in its time, and
// whose outcome is not known.
var errTooSlow = protocol.Errorf(protocol.CodeJournalUnavailable, "the server did not finish this in time; send it again")

// refuse answers with an error of the catalogue.
func refuse(w http.ResponseWriter, e *protocol.Error) {
	body, err := protocol.Marshal(e.Body())
	if err != nil {
		panic(err) // four plain members
	}
	setRetryAfter(w, e)
	writeJSON(w, e.Entry().Status, body)
}

func setRetryAfter(w http.ResponseWriter, e *protocol.Error) {
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store") // answers hold tokens
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}
