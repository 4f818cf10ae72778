package web

import (
	"net/http"
	"net/url"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
)

var errNoCredentials = protocol.Errorf(protocol.CodeInvalidRequest, "participantId and participantToken are missing")

// headerCredentials returns the credentials in the Authorization and
// Parley-Participant headers. It returns false unless both are present.
func headerCredentials(r *http.Request) (hub.Credentials, bool) {
	id, token, ok := access.Participant(r)
	if !ok {
		return hub.Credentials{}, false
	}
	return hub.Credentials{ParticipantID: id, Token: token}, true
}

// bodyCredentials returns the credentials in the headers, or else those in the body.
func bodyCredentials(r *http.Request, body []byte) (hub.Credentials, error) {
	given, err := decodeBody[struct {
		ID    *string `json:"participantId,omitzero"`
		Token *string `json:"participantToken,omitzero"`
	}](body)
	if err != nil {
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

// queryCredentials returns the credentials in the headers, or else those in the
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
