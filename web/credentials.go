package web

import (
	"net/http"
	"net/url"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
)

var errNoCredentials = protocol.Errorf(protocol.CodeInvalidRequest, "participantId and participantToken are missing")

// credentials returns the credentials of a participant with which a request was sent. Under
// protection, wrong ones do not tell whether the session exists.
func (s *Server) credentials(r *http.Request, id, token string) hub.Credentials {
	return hub.Credentials{ParticipantID: id, Token: token, Guarded: s.access.IsProtected(r), Caller: s.access.Caller(r)}
}

// headerCredentials returns the credentials in the Authorization and
// Parley-Participant headers. It returns false unless both are present.
func (s *Server) headerCredentials(r *http.Request) (hub.Credentials, bool) {
	id, token, ok := access.Participant(r)
	if !ok {
		return hub.Credentials{}, false
	}
	return s.credentials(r, id, token), true
}

// bodyCredentials returns the credentials in the headers, or else those in the body.
func (s *Server) bodyCredentials(r *http.Request, body []byte) (hub.Credentials, error) {
	given, err := decodeBody[struct {
		ID    *string `json:"participantId,omitzero"`
		Token *string `json:"participantToken,omitzero"`
	}](body)
	if err != nil {
		return hub.Credentials{}, err
	}
	if c, ok := s.headerCredentials(r); ok {
		return c, nil
	}
	if given.Token == nil && access.ProofOf(r).IsPerson() {
		given.Token = new(string) // the identity takes its place
	}
	if given.ID == nil || given.Token == nil {
		return hub.Credentials{}, errNoCredentials
	}
	return s.credentials(r, *given.ID, *given.Token), nil
}

// queryCredentials returns the credentials in the headers, or else those in the
// query.
func (s *Server) queryCredentials(r *http.Request, q url.Values) (hub.Credentials, error) {
	if c, ok := s.headerCredentials(r); ok {
		return c, nil
	}
	if !q.Has("participantId") || !q.Has("participantToken") && !access.ProofOf(r).IsPerson() {
		return hub.Credentials{}, errNoCredentials
	}
	return s.credentials(r, q.Get("participantId"), q.Get("participantToken")), nil
}
