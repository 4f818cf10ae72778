package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

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
		s.writeAnswer(w, status, body)
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

// writeAnswer is writeJSON for an answer that can be long. While its client has not
// read it, it counts for the budget of all connections.
func (s *Server) writeAnswer(w http.ResponseWriter, status int, body []byte) {
	if len(body) <= longPiece {
		writeJSON(w, status, body)
		return
	}
	held := s.hub.Hold(cutter(w))
	defer held.Release()
	jsonHeader(w, len(body))
	w.WriteHeader(status)
	for rest := body; len(rest) > 0; {
		n := min(len(rest), longPiece)
		if !held.Set(len(body)) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(rest[:n]); err != nil {
			panic(http.ErrAbortHandler) // half an answer is not taken for a whole one
		}
		rest = rest[n:]
	}
}

// cutter returns what breaks off the connection that an answer is written to.
func cutter(w http.ResponseWriter) func() {
	control := http.NewResponseController(w)
	return func() { _ = control.SetWriteDeadline(time.Unix(1, 0)) } // writes fail from now on
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	jsonHeader(w, len(body))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}

func jsonHeader(w http.ResponseWriter, size int) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(size))
	h.Set("Cache-Control", "no-store") // answers hold tokens
}
