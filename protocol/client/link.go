package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// Link leads into a shared session, either with an invite or with the id and token of a
// participant. The part after the # is a secret; clients never send it as part of an
// address.
type Link struct {
	Server  string // the address without a final slash: https://host or https://host/prefix
	Session string // the id of the shared session

	Invite string // the invite token; empty in a participant's own link

	ParticipantID string // empty in an invite
	Token         string // of the participant

	// Certificate is the SHA-256 fingerprint of the server's certificate, in unpadded
	// base64url. If it is not empty, the client accepts this certificate and no other.
	Certificate string
}

var errNotALink = errors.New("a link looks like https://SERVER/s/SESSION#i=INVITE or …#p=PARTICIPANT:TOKEN")

// ParseLink parses SERVER/s/SESSION#i=INVITE and SERVER/s/SESSION#p=ID:TOKEN, both also
// with &c=FINGERPRINT at the end. Its errors never contain the secret part.
func ParseLink(text string) (Link, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return Link{}, errNotALink
	}
	before, session, found := cutLast(strings.TrimSuffix(u.Path, "/"), "/s/")
	if !found || uuid.Validate(session) != nil {
		return Link{}, errNotALink
	}
	l := Link{Server: u.Scheme + "://" + u.Host + before, Session: session}
	secret, pin, pinned := strings.Cut(u.Fragment, "&c=")
	if pinned {
		if u.Scheme != "https" || !isPin(pin) {
			return Link{}, errNotALink
		}
		l.Certificate = pin
	}
	return l, l.parseSecret(secret)
}

func (l *Link) parseSecret(fragment string) error {
	if fragment == "" {
		return errors.New("the link lacks the part after the #; in a shell, put the link in quotes")
	}
	if invite, ok := strings.CutPrefix(fragment, "i="); ok && invite != "" {
		l.Invite = invite
		return nil
	}
	if own, ok := strings.CutPrefix(fragment, "p="); ok {
		l.ParticipantID, l.Token, _ = strings.Cut(own, ":")
		if l.ParticipantID != "" && l.Token != "" {
			return nil
		}
	}
	return errNotALink
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// String returns the link as text, including the secret.
func (l Link) String() string {
	secret := "i=" + l.Invite
	if l.ParticipantID != "" {
		secret = "p=" + l.ParticipantID + ":" + l.Token
	}
	if l.Certificate != "" {
		secret += "&c=" + l.Certificate
	}
	return fmt.Sprintf("%s/s/%s#%s", l.Server, l.Session, secret)
}

// api returns the address of an endpoint of the session.
func (l Link) api(endpoint string) string {
	return l.Server + "/api/shared-sessions/" + l.Session + "/" + endpoint
}

// socketURL returns the address of the WebSocket endpoint.
func (l Link) socketURL() string {
	return "ws" + strings.TrimPrefix(l.api("ws"), "http")
}
