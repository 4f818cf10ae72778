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

// API is a server's HTTP interface, as any client sees it.
type API struct{ URL string }

// Member is a participant with what there is to act by.
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

// Session is a shared session as its host knows it.
type Session struct {
	API
	ID     string
	Agent  string // the host session's id
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

// Answer is what a call was answered with.
type Answer struct {
	Status int
	Body   []byte
}

// Code returns the error code of an answer that is an error.
func (a Answer) Code() protocol.Code {
	var body protocol.ErrorBody
	_ = json.Unmarshal(a.Body, &body)
	return body.Code
}

// connections is shared by all calls, so that many clients do not use up the
// ports of the machine.
var connections = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// CloseIdle closes connections that are only kept for the next call.
func CloseIdle() { connections.CloseIdleConnections() }

// Call makes one call. The error says that there was no answer.
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

// Get makes a call that has to succeed, and reads its answer.
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

// Share makes a shared session on a host session.
func (a API) Share(t testing.TB, agent string, mode protocol.Mode) Session {
	t.Helper()
	body := object{"hostSessionId": agent, "hostUserId": "host", "hostDisplayName": "Hannah", "mode": mode}
	made := Get[protocol.CreateAnswer](t, a, Request{Method: http.MethodPost, Path: "/api/shared-sessions", Body: body})
	host := Member{made.HostParticipant.ID, *made.HostParticipant.AccessToken}
	return Session{API: a, ID: made.Session.ID, Agent: agent, Invite: made.InviteToken, Host: host}
}

// Path returns the path of one of the session's endpoints.
func (s Session) Path(endpoint string) string { return "/api/shared-sessions/" + s.ID + endpoint }

// Join makes somebody a participant over REST.
func (s Session) Join(t testing.TB, user string) Member {
	t.Helper()
	r := Request{Method: http.MethodPost, Path: s.Path("/join"), Body: object{"inviteToken": s.Invite, "userId": user}}
	p := Get[protocol.JoinAnswer](t, s.API, r).Participant
	return Member{p.ID, *p.AccessToken}
}

// Say says something over REST. The key makes it safe to repeat.
func (s Session) Say(ctx context.Context, m Member, key, text string) (Answer, error) {
	body := object{"participantId": m.ID, "participantToken": m.Token, "text": text}
	return s.Call(ctx, Request{Method: http.MethodPost, Path: s.Path("/messages"), Key: key, Body: body})
}

// Messages reads what was said.
func (s Session) Messages(t testing.TB) []protocol.Message {
	t.Helper()
	return Get[protocol.MessagesAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("/messages")}).Messages
}

// Cursor returns where the session is now.
func (s Session) Cursor(t testing.TB) string {
	t.Helper()
	return Get[protocol.StateAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("")}).Cursor
}

// OwnLink leads the host back in.
func (s Session) OwnLink() client.Link { return s.LinkOf(s.Host) }

// InviteLink leads somebody new in.
func (s Session) InviteLink() client.Link {
	return client.Link{Server: s.URL, Session: s.ID, Invite: s.Invite}
}

// LinkOf leads a participant back in.
func (s Session) LinkOf(m Member) client.Link {
	return client.Link{Server: s.URL, Session: s.ID, ParticipantID: m.ID, Token: m.Token}
}
