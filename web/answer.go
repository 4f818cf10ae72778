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
	"parley/web/internal/limit"
	"parley/web/internal/live"
)

// endpoint carries out one call of the REST API from its request and body, which is
// nil for GET. It returns the answer, which becomes the body of the response.
type endpoint[A any] func(r *http.Request, body []byte) (A, error)

// respond serves an endpoint whose success has this status.
func respond[A any](s *Server, status int, e endpoint[A]) http.Handler {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		body, err := s.readBody(w, r)
		if err != nil {
			return err
		}
		answer, err := e(r, body)
		if err != nil {
			return err
		}
		encoded, err := protocol.Marshal(answer)
		if err != nil {
			return err
		}
		s.writeAnswer(w, status, encoded)
		return nil
	})
}

// respondStreamed serves an endpoint whose answer has long lists.
func (s *Server) respondStreamed(e endpoint[streamedAnswer]) http.Handler {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		body, err := s.readBody(w, r)
		if err != nil {
			return err
		}
		answer, err := e(r, body)
		if err != nil {
			return err
		}
		return s.writeStreamed(w, r, answer)
	})
}

// respondEmpty serves a call whose success has no body.
func (s *Server) respondEmpty(call func(r *http.Request) error) http.Handler {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.readBody(w, r); err != nil {
			return err
		}
		if err := call(r); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// handle serves h and answers with its error, if any. h returns nil once it has begun
// a response of its own.
func (s *Server) handle(h func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail answers with an error.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	refuse(w, s.clientError(r.URL.Path, s.slowDown(r, err)))
}

// slowDown lets a client wait that goes on in spite of refusals, and returns the error to
// answer with.
func (s *Server) slowDown(r *http.Request, err error) error {
	slow, ok := errors.AsType[*limit.Slow](err)
	if !ok {
		return err
	}
	ctx, cancel := s.live.WithShutdown(r.Context())
	defer cancel()
	slow.Wait(ctx, limit.ConnectionOf(ctx))
	return slow.Err
}

// clientError returns what a client may know of err, logs the rest, and counts it for the
// limit that has caused it. It is called once for each error that is sent.
func (s *Server) clientError(path string, err error) *protocol.Error {
	switch {
	case errors.Is(err, context.Canceled):
		return live.ErrShuttingDown // or the client is gone and receives nothing
	case errors.Is(err, context.DeadlineExceeded):
		s.log.Warn("request took too long", zap.String("path", path), zap.Error(err))
		return errTooSlow
	}
	e := protocol.AsError(err)
	s.hub.Refused(e.Limit)
	switch {
	case e.Code == protocol.CodeInternal:
		s.log.Error("request failed", zap.String("path", path), zap.Error(err))
	case err != error(e): // it is wrapped, and the wrapping has details
		s.log.Warn("request failed", zap.String("path", path), zap.Error(err))
	}
	return e
}

// errTooSlow answers a request that the server did not finish in time. Its outcome is
// not known.
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

// writeAnswer is writeJSON for an answer that can be long. Until the client has
// received it, it counts for the memory of all connections.
func (s *Server) writeAnswer(w http.ResponseWriter, status int, body []byte) {
	if len(body) <= pieceBytes {
		writeJSON(w, status, body)
		return
	}
	held := s.hub.Hold(cutter(w))
	defer held.Release()
	setJSONHeader(w)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	for rest := body; len(rest) > 0; {
		n := min(len(rest), pieceBytes)
		if !held.Set(len(body)) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(rest[:n]); err != nil {
			panic(http.ErrAbortHandler) // the client must not take a part for the whole
		}
		rest = rest[n:]
	}
}

// cutter returns a function that cuts off the connection of a response.
func cutter(w http.ResponseWriter) func() {
	control := http.NewResponseController(w)
	return func() { _ = control.SetWriteDeadline(time.Unix(1, 0)) } // every write fails from now on
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	setJSONHeader(w)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the client is gone
}

func setJSONHeader(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store") // answers contain tokens
}
