package web

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"parley/hub"
	"parley/protocol"
)

// bodyTimeout is how long a request's body may take to arrive.
const bodyTimeout = 30 * time.Second

// Headers of Parley's own API; the original has its credentials in bodies.
const (
	headerParticipant    = "Parley-Participant"
	headerIdempotencyKey = "Idempotency-Key"
	headerPrefer         = "Prefer" // of RFC 7240
)

// awaitBody bounds the wait for a body that was announced, also where nobody asks
// for it: net/http reads what is left of it before it answers.
func awaitBody(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	}
}

// readBody returns the body of a request that may have one, and notes when the
// request is whole.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := s.receiveBody(w, r)
	if err == nil && r.Body == http.NoBody {
		requestConn(r.Context()).requested()
	}
	return body, err
}

// receiveBody reads a body whole before anything is decided: none of it is worth a
// stream. One that says that it is too large is not read at all, so a client that
// asks first need not send it.
func (s *Server) receiveBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil, nil
	}
	limit := int64(s.o.Limits.FrameBytes)
	tooLarge := protocol.Errorf(protocol.CodeTooLarge, "a body has %d bytes at most", limit)
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	body, err := s.inbound.read(r.Body, int(limit))
	if err == errInboundFull {
		return nil, err
	}
	if err == nil && int64(len(body)) > limit {
		return nil, tooLarge
	}
	r.Body = http.NoBody // there is nothing left for linger
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "the body could not be read")
	}
	// Lifted since the server goes on reading to notice a client that leaves.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if len(body) > 0 && !isJSON(r.Header.Get("Content-Type")) {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "the body has to be application/json")
	}
	return body, nil
}

// isJSON keeps out what a page from elsewhere can send without being asked
// about: forms and plain text.
func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// decode reads a body into a struct; none is an object without members.
func decode(body []byte, into any) error {
	if len(body) == 0 {
		body = []byte("{}")
	}
	return protocol.Decode(body, into)
}

var errNoCredentials = protocol.Errorf(protocol.CodeInvalidRequest, "participantId and participantToken are missing")

// headerCredentials returns the credentials of the Authorization and
// Parley-Participant headers, where both are there.
func headerCredentials(r *http.Request) (hub.Credentials, bool) {
	token, ok := bearer(r)
	id := r.Header.Get(headerParticipant)
	if id == "" || !ok {
		return hub.Credentials{}, false
	}
	return hub.Credentials{ParticipantID: id, Token: token}, true
}

// bearer returns the token of the Authorization header, where there is one.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// bodyCredentials returns the credentials of the headers or else of the body.
func bodyCredentials(r *http.Request, body []byte) (hub.Credentials, error) {
	var given struct {
		ID    *string `json:"participantId,omitzero"`
		Token *string `json:"participantToken,omitzero"`
	}
	if err := decode(body, &given); err != nil {
		return hub.Credentials{}, err
	}
	if c, ok := headerCredentials(r); ok {
		return c, nil
	}
	if given.ID == nil || given.Token == nil {
		return hub.Credentials{}, errNoCredentials
	}
	return hub.Credentials{ParticipantID: *given.ID, Token: *given.Token}, nil
}

// queryCredentials returns the credentials of the headers or else of the
// query.
func queryCredentials(r *http.Request, q url.Values) (hub.Credentials, error) {
	if c, ok := headerCredentials(r); ok {
		return c, nil
	}
	if !q.Has("participantId") || !q.Has("participantToken") {
		return hub.Credentials{}, errNoCredentials
	}
	return hub.Credentials{ParticipantID: q.Get("participantId"), Token: q.Get("participantToken")}, nil
}

// readerCredentials returns those of the headers or nil: the original's reads
// need none.
func readerCredentials(r *http.Request) *hub.Credentials {
	if c, ok := headerCredentials(r); ok {
		return &c
	}
	return nil
}

// idempotencyKey returns the client's key for the command, or "".
func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get(headerIdempotencyKey)
	if !utf8.ValidString(key) { // it would be another one once it was written down
		return "", protocol.Errorf(protocol.CodeInvalidRequest, "%s is not UTF-8", headerIdempotencyKey)
	}
	if utf8.RuneCountInString(key) > protocol.MaxCommandIDLength {
		return "", protocol.Errorf(protocol.CodeInvalidRequest,
			"%s has more than %d characters", headerIdempotencyKey, protocol.MaxCommandIDLength)
	}
	return key, nil
}

// newRequest wraps a command. Without a key it has no id: nobody can ask for it
// again, so it need not be remembered.
func newRequest(r *http.Request, c protocol.Command) (protocol.Request, error) {
	id, err := idempotencyKey(r)
	return protocol.Request{ID: id, Command: c}, err
}
