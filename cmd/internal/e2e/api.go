package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"parley/protocol"
	"parley/protocol/client"
)

// API is the HTTP interface of a server.
type API struct{ URL string }

// Member is a participant with its token.
type Member struct{ ID, Token string }

// header returns the member's credentials as headers.
func (m Member) header() http.Header {
	h := http.Header{}
	if m.Token != "" {
		h.Set("Authorization", "Bearer "+m.Token)
		h.Set("Parley-Participant", m.ID)
	}
	return h
}

// Session is a shared session, with what its host knows of it.
type Session struct {
	API
	ID     string
	Agent  string // id of the host session
	Invite string
	Host   Member
}

// Request is one call of the API.
type Request struct {
	Method, Path string
	As           Member
	Key          string // the Idempotency-Key
	Body         any
}

// Answer is the answer to a call.
type Answer struct {
	Status int
	Body   []byte
}

// Code returns the error code of an answer; empty if it is not an error.
func (a Answer) Code() protocol.Code {
	var body protocol.ErrorBody
	_ = json.Unmarshal(a.Body, &body)
	return body.Code
}

// connections is shared by all calls, so that many clients do not use up the ports
// of the machine.
var connections = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// CloseIdle closes connections that are kept for later calls.
func CloseIdle() { connections.CloseIdleConnections() }

// Call makes a call. It fails only if there is no answer.
func (a API) Call(ctx context.Context, r Request) (Answer, error) {
	var body io.Reader
	if r.Body != nil {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return Answer{}, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, a.URL+r.Path, body)
	if err != nil {
		return Answer{}, err
	}
	req.Header = r.As.header()
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Key != "" {
		req.Header.Set("Idempotency-Key", r.Key)
	}
	response, err := connections.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	return Answer{response.StatusCode, b}, err
}

// Get makes a call that has to succeed, and decodes its answer.
func Get[T any](t testing.TB, a API, r Request) (into T) {
	t.Helper()
	answer, err := a.Call(t.Context(), r)
	if err == nil && answer.Status/100 != 2 {
		err = fmt.Errorf("%s %s was answered %d: %s", r.Method, r.Path, answer.Status, answer.Body)
	}
	if err == nil && len(answer.Body) > 0 {
		err = json.Unmarshal(answer.Body, &into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return into
}

type object map[string]any

// StartAgent starts a host session and returns its id.
func (a API) StartAgent(t testing.TB, agent string) string {
	t.Helper()
	r := Request{Method: http.MethodPost, Path: "/api/sessions", Body: object{"agent": agent}}
	return Get[protocol.HostSessionAnswer](t, a, r).Session.ID
}

// Share shares a host session.
func (a API) Share(t testing.TB, agent string, mode protocol.Mode) Session {
	t.Helper()
	body := object{"hostSessionId": agent, "hostUserId": "host", "hostDisplayName": "Hannah", "mode": mode}
	made := Get[protocol.CreateAnswer](t, a, Request{Method: http.MethodPost, Path: "/api/shared-sessions", Body: body})
	host := Member{made.HostParticipant.ID, *made.HostParticipant.AccessToken}
	return Session{API: a, ID: made.Session.ID, Agent: agent, Invite: made.InviteToken, Host: host}
}

// Path returns the path of an endpoint of the session.
func (s Session) Path(endpoint string) string { return "/api/shared-sessions/" + s.ID + endpoint }

// Join joins over REST.
func (s Session) Join(t testing.TB, user string) Member {
	t.Helper()
	r := Request{Method: http.MethodPost, Path: s.Path("/join"), Body: object{"inviteToken": s.Invite, "userId": user}}
	p := Get[protocol.JoinAnswer](t, s.API, r).Participant
	return Member{p.ID, *p.AccessToken}
}

// Say sends a message over REST. The key makes it safe to repeat.
func (s Session) Say(ctx context.Context, m Member, key, text string) (Answer, error) {
	body := object{"participantId": m.ID, "participantToken": m.Token, "text": text}
	return s.Call(ctx, Request{Method: http.MethodPost, Path: s.Path("/messages"), Key: key, Body: body})
}

// Messages reads all messages.
func (s Session) Messages(t testing.TB) []protocol.Message {
	t.Helper()
	return Get[protocol.MessagesAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("/messages")}).Messages
}

// Cursor returns the cursor of the last event.
func (s Session) Cursor(t testing.TB) string {
	t.Helper()
	return Get[protocol.StateAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("")}).Cursor
}

// OwnLink returns a link by which the host comes back.
func (s Session) OwnLink() client.Link { return s.LinkOf(s.Host) }

// InviteLink returns the invite link.
func (s Session) InviteLink() client.Link {
	return client.Link{Server: s.URL, Session: s.ID, Invite: s.Invite}
}

// LinkOf returns a link by which a participant comes back.
func (s Session) LinkOf(m Member) client.Link {
	return client.Link{Server: s.URL, Session: s.ID, ParticipantID: m.ID, Token: m.Token}
}
