package web

import (
	"errors"
	"mime"
	"net/http"
	"os"
	"time"
	"unicode/utf8"

	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/limit"
)

// bodyTimeout is how long the body of a request may take to arrive.
const bodyTimeout = 30 * time.Second

// Headers of Parley's own API. The original API has its credentials in bodies.
const (
	headerParticipant    = access.HeaderParticipant
	headerIdempotencyKey = "Idempotency-Key"
	headerPrefer         = "Prefer" // of RFC 7240
)

// setBodyDeadline bounds the wait for an announced body, even if no handler reads it:
// net/http reads the rest of a body before it sends the response.
func setBodyDeadline(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	}
}

// readBody returns the body of a request that may have one, and notes when the
// request is complete.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := s.receiveBody(w, r)
	if err == nil && r.Body == http.NoBody {
		limit.ConnectionOf(r.Context()).RequestReceived()
	}
	return body, err
}

// receiveBody reads a whole body; no body here is worth a stream. It does not read a
// body that announces that it is too large, so that a client that waits for
// "100 Continue" need not send it.
func (s *Server) receiveBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil, nil
	}
	longest := s.options.Limits.FrameBytes
	tooLarge := protocol.Errorf(protocol.CodeTooLarge, "a body has %d bytes at most", longest).By(protocol.LimitBody)
	if r.ContentLength > int64(longest) {
		return nil, tooLarge
	}
	body, err := s.memory.ReadAll(r.Body, longest)
	if err == limit.ErrMemoryFull {
		return nil, err
	}
	if err == nil && len(body) > longest {
		return nil, tooLarge
	}
	r.Body = http.NoBody // discardBody has nothing to do
	if err != nil {
		unread := protocol.Errorf(protocol.CodeInvalidRequest, "the body could not be read")
		if errors.Is(err, os.ErrDeadlineExceeded) {
			unread.Limit = protocol.LimitBodyTime
		}
		return nil, unread
	}
	// net/http continues to read, to notice when the client disconnects. That read may
	// block for long, so it has no deadline.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if len(body) > 0 && !isJSON(r.Header.Get("Content-Type")) {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "the body must be application/json")
	}
	return body, nil
}

// isJSON rejects what a page of another site can send without a CORS request: forms
// and plain text.
func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// decodeBody decodes the body of a REST call. Without a body it decodes an object
// without members.
func decodeBody[T any](body []byte) (*T, error) {
	if len(body) == 0 {
		body = []byte("{}")
	}
	value := new(T)
	return value, protocol.Decode(body, value)
}

// idempotencyKey returns the client's key for a command, or "".
func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get(headerIdempotencyKey)
	if !utf8.ValidString(key) { // the journal would store a different key
		return "", protocol.Errorf(protocol.CodeInvalidRequest, "%s is not UTF-8", headerIdempotencyKey)
	}
	if utf8.RuneCountInString(key) > protocol.MaxCommandIDLength {
		return "", protocol.Errorf(protocol.CodeInvalidRequest,
			"%s has more than %d characters", headerIdempotencyKey, protocol.MaxCommandIDLength)
	}
	return key, nil
}

// newRequest returns a command as a request of the protocol. Without a key it has no
// id: the client cannot repeat it, so that it need not be remembered.
func newRequest(r *http.Request, c protocol.Command) (protocol.Request, error) {
	id, err := idempotencyKey(r)
	return protocol.Request{ID: id, Command: c}, err
}
