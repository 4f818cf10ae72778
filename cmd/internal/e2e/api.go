package e2e

import (
	"bytes"
	"cmp"
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
type API struct {
	URL  string
	HTTP *http.Client // makes all requests; default: one that all API values share
}

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

// Session is a shared session with its credentials.
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

// Response is the response to a call.
type Response struct {
	Status int
	Body   []byte
}

// ErrorCode returns the error code of the response, or an empty string if it reports no
// error.
func (r Response) ErrorCode() protocol.Code {
	var body protocol.ErrorBody
	_ = json.Unmarshal(r.Body, &body)
	return body.Code
}

// httpClient is shared by all calls, so that many clients do not use up the ports of
// the machine.
var httpClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// CloseIdleConnections closes the connections that are kept for later calls.
func CloseIdleConnections() { httpClient.CloseIdleConnections() }

// Call makes a call. It fails only if there is no response.
func (a API) Call(ctx context.Context, r Request) (Response, error) {
	var body io.Reader
	if r.Body != nil {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return Response{}, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, a.URL+r.Path, body)
	if err != nil {
		return Response{}, err
	}
	req.Header = r.As.header()
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Key != "" {
		req.Header.Set("Idempotency-Key", r.Key)
	}
	response, err := cmp.Or(a.HTTP, httpClient).Do(req)
	if err != nil {
		return Response{}, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	return Response{response.StatusCode, b}, err
}

// MustCall makes a call and decodes its response. The test fails unless the call
// succeeds.
func MustCall[T any](t testing.TB, a API, r Request) (into T) {
	t.Helper()
	response, err := a.Call(t.Context(), r)
	if err == nil && response.Status/100 != 2 {
		err = fmt.Errorf("%s %s was answered %d: %s", r.Method, r.Path, response.Status, response.Body)
	}
	if err == nil && len(response.Body) > 0 {
		err = json.Unmarshal(response.Body, &into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return into
}

type jsonObject map[string]any

// StartAgent starts a host session and returns its id.
func (a API) StartAgent(t testing.TB, agent string) string {
	t.Helper()
	session, err := a.server(t).Start(t.Context(), protocol.CreateHostSession{Agent: agent}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return session.ID
}

// server returns the client of the server.
func (a API) server(t testing.TB) *client.Server {
	t.Helper()
	server, err := client.NewServer(a.URL, client.ServerOptions{HTTPClient: cmp.Or(a.HTTP, httpClient)})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// Share shares a host session.
func (a API) Share(t testing.TB, agent string, mode protocol.Mode) Session {
	t.Helper()
	made, err := a.server(t).Share(t.Context(), protocol.CreateSharedSession{
		HostSessionID: agent, HostUserID: "host", HostDisplayName: new("Hannah"), Mode: mode,
	})
	if err != nil {
		t.Fatal(err)
	}
	host := Member{made.Own.ParticipantID, made.Own.Token}
	return Session{API: a, ID: made.Session.ID, Agent: agent, Invite: made.Invite.Invite, Host: host}
}

// Path returns the path of an endpoint of the session.
func (s Session) Path(endpoint string) string { return "/api/shared-sessions/" + s.ID + endpoint }

// Join joins over REST with the invite.
func (s Session) Join(t testing.TB, user string) Member {
	t.Helper()
	r := Request{Method: http.MethodPost, Path: s.Path("/join"), Body: jsonObject{"inviteToken": s.Invite, "userId": user}}
	p := MustCall[protocol.JoinAnswer](t, s.API, r).Participant
	return Member{p.ID, *p.AccessToken}
}

// PostMessage sends a message over REST. The key makes a repetition idempotent.
func (s Session) PostMessage(ctx context.Context, m Member, key, text string) (Response, error) {
	body := jsonObject{"participantId": m.ID, "participantToken": m.Token, "text": text}
	return s.Call(ctx, Request{Method: http.MethodPost, Path: s.Path("/messages"), Key: key, Body: body})
}

// Messages reads all messages.
func (s Session) Messages(t testing.TB) []protocol.Message {
	t.Helper()
	return MustCall[protocol.MessagesAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("/messages")}).Messages
}

// Cursor returns the cursor of the last event.
func (s Session) Cursor(t testing.TB) string {
	t.Helper()
	return MustCall[protocol.StateAnswer](t, s.API, Request{Method: http.MethodGet, Path: s.Path("")}).Cursor
}

// HostLink returns the link with which the host resumes.
func (s Session) HostLink() client.Link { return s.ParticipantLink(s.Host) }

// InviteLink returns the invite link.
func (s Session) InviteLink() client.Link {
	return client.Link{Server: s.URL, Session: s.ID, Invite: s.Invite}
}

// ParticipantLink returns the link with which a participant resumes.
func (s Session) ParticipantLink(m Member) client.Link {
	return client.Link{Server: s.URL, Session: s.ID, ParticipantID: m.ID, Token: m.Token}
}
