package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// Link leads into a shared session: with an invite for somebody new, or with a
// participant's id and token for somebody who comes back. The part after the #
// is a secret, and never sent as part of an address.
type Link struct {
	Server  string // its address without a slash at the end: https://host, or https://host/prefix
	Session string // the shared session's id

	Invite string // of a link for new people

	ParticipantID string // of one's own link
	Token         string
}

var errNotALink = errors.New("a link looks like https://SERVER/s/SESSION#i=INVITE or …#p=PARTICIPANT:TOKEN")

// ParseLink reads SERVER/s/SESSION#i=INVITE and SERVER/s/SESSION#p=ID:TOKEN.
// Its errors never show the secret part.
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
	return l, l.readSecret(u.Fragment)
}

func (l *Link) readSecret(fragment string) error {
	if fragment == "" {
		return errors.New("the link lacks the part after the #; quote it in the shell")
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

// String returns the link as text, the secret included.
func (l Link) String() string {
	secret := "i=" + l.Invite
	if l.ParticipantID != "" {
		secret = "p=" + l.ParticipantID + ":" + l.Token
	}
	return fmt.Sprintf("%s/s/%s#%s", l.Server, l.Session, secret)
}

// api returns the address of one of the session's endpoints.
func (l Link) api(endpoint string) string {
	return l.Server + "/api/shared-sessions/" + l.Session + "/" + endpoint
}

// socketURL is api with the scheme of WebSockets.
func (l Link) socketURL() string {
	return "ws" + strings.TrimPrefix(l.api("ws"), "http")
}
