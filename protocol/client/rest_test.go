package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
)

// serverAt returns the requests to a server.
func serverAt(t *testing.T, address string, o client.ServerOptions) *client.Server {
	t.Helper()
	network := &http.Transport{}
	t.Cleanup(network.CloseIdleConnections)
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{Transport: network}
	}
	s, err := client.NewServer(address, o)
	require.NoError(t, err)
	return s
}

func requireCode(t *testing.T, code protocol.Code, err error) {
	t.Helper()
	require.ErrorIs(t, err, &protocol.Error{Code: code})
}

func TestServer_starts_shares_reads_and_ends(t *testing.T) {
	ctx := withPatience(t)
	s := serverAt(t, newRealSession(t).host.Server+"/", client.ServerOptions{})
	agents, err := s.Agents(ctx)
	require.NoError(t, err)
	require.Equal(t, "demo", agents.Agents[0].Name)
	_, err = s.Directories(ctx, "demo", "")
	require.NoError(t, err)

	made, err := s.StartAndShare(ctx, protocol.CreateHostSession{Agent: "demo", Title: "Work"},
		protocol.CreateSharedSession{HostUserID: "ada", Mode: protocol.ModePromptDirect}, nil)
	require.NoError(t, err)
	require.Equal(t, "ada", made.Host.UserID)
	invited, err := s.Invitation(ctx, made.Invite)
	require.NoError(t, err)
	require.Equal(t, made.Session.ID, invited.Session.ID)
	host := open(t, made.Own.String(), client.Options{})
	_, err = host.Chat(ctx, "Hello", "")
	require.NoError(t, err)
	messages, err := s.Messages(ctx, made.Own)
	require.NoError(t, err)
	require.Equal(t, "Hello", messages[0].Text)
	state, err := s.State(ctx, made.Own)
	require.NoError(t, err)
	require.NotEmpty(t, state.Cursor)
	people, err := s.Participants(ctx, made.Own)
	require.NoError(t, err)
	require.Len(t, people, 1)

	id := made.Session.HostSessionID
	running, err := s.HostSession(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "Work", running.Title)
	all, err := s.HostSessions(ctx)
	require.NoError(t, err)
	require.Len(t, all, 2)
	found, err := s.Sessions(ctx, client.SessionFilter{HostSessionID: id, Status: protocol.StatusActive})
	require.NoError(t, err)
	require.Len(t, found, 1)
	requireCode(t, protocol.CodeNothingToCancel, s.CancelTurn(ctx, id))

	ended, err := s.Close(ctx, made.Own)
	require.NoError(t, err)
	require.Equal(t, protocol.StatusClosed, ended.Status)
	require.NoError(t, s.DeleteHostSession(ctx, id, false))
	_, err = s.HostSession(ctx, id)
	requireCode(t, protocol.CodeHostSessionNotFound, err)
}

func TestServer_adopts_and_forks(t *testing.T) {
	ctx := withPatience(t)
	s := serverAt(t, newRealSession(t).host.Server, client.ServerOptions{})
	shared := protocol.CreateSharedSession{HostUserID: "ada", Mode: protocol.ModePromptDirect, ExpiresInMinutes: new(int64(60))}
	first, err := s.StartAndShare(ctx, protocol.CreateHostSession{Agent: "demo"}, shared, nil)
	require.NoError(t, err)
	_, err = s.Fork(ctx, first.Session, first.Host)
	requireCode(t, protocol.CodeInvalidRequest, err)
	history, err := s.ForkHistory(ctx, first.Session.HostSessionID)
	require.NoError(t, err)
	require.Empty(t, history, "it cannot be forked yet")
	host := open(t, first.Own.String(), client.Options{})
	_, err = host.Prompt(ctx, "plan")
	require.NoError(t, err)
	await(t, host, func(e client.Event) bool { return e.Type == protocol.EventPromptDispatchCompleted })
	_, err = s.ForkHistory(ctx, first.Session.HostSessionID)
	require.NoError(t, err)

	_, err = s.AgentSessions(ctx, "none", "")
	requireCode(t, protocol.CodeAgentNotFound, err)
	_, err = s.Adopt(ctx, "demo", protocol.ListedSession{SessionID: "none"}, shared)
	requireCode(t, protocol.CodeAgentFailed, err)
	before, err := s.HostSessions(ctx)
	require.NoError(t, err)
	_, err = s.StartAndShare(ctx, protocol.CreateHostSession{Agent: "demo"}, protocol.CreateSharedSession{}, nil)
	requireCode(t, protocol.CodeMissingHostUserID, err)
	after, err := s.HostSessions(ctx)
	require.NoError(t, err)
	require.Len(t, after, len(before), "an agent that cannot be shared ends")
}

func TestServer_sends_each_secret_only_where_it_belongs(t *testing.T) {
	var got []string
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Parley-Participant"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{}`)
	}))
	defer ts.Close()
	ctx := withPatience(t)
	s := serverAt(t, ts.URL+"/prefix", client.ServerOptions{Token: "KEY"})
	own := client.Link{Server: ts.URL + "/prefix", Session: "S", ParticipantID: "P", Token: "SECRET"}
	invite := client.Link{Session: "S", Invite: "INVITE"}
	_, _ = s.Agents(ctx)
	_, _ = s.Close(ctx, own)
	_, err := s.Invitation(ctx, invite)
	require.ErrorContains(t, err, "incomplete")
	_, _ = s.Messages(ctx, invite)
	require.Equal(t, []string{
		"GET /prefix/api/agents Bearer KEY ", "DELETE /prefix/api/shared-sessions/S Bearer SECRET P",
		"GET /prefix/api/shared-sessions/S/invitation Bearer INVITE ", "GET /prefix/api/shared-sessions/S/messages Bearer KEY ",
	}, got)
	own.Server = "https://elsewhere.example"
	_, err = s.Close(ctx, own)
	require.ErrorContains(t, err, "not of")
	require.Len(t, got, 4, "nothing was sent")
	require.NotContains(t, err.Error(), "SECRET")
}

// hostile are answers that no Parley server gives, and what the error says.
var hostile = map[string]struct {
	answer func(http.ResponseWriter, *http.Request)
	says   string
}{
	"an endless body": {func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(strings.Repeat(" ", 1<<16)))
		}
	}, "larger than 64 MiB"},
	"a body that never comes": {func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, "did not answer within"},
	"the page of a network": {func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>Sign in to the network")
	}, `"text/html" instead of JSON`},
	"half a body": {func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"agents":[`)
	}, "not valid"},
	"another type": {func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"agents":"none"}`)
	}, "not valid"},
	"depth": {func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Repeat("[", 1<<20))
	}, "not valid"},
	"an error without a code": {func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}, "502 Bad Gateway"},
	"a redirect": {func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/api/agents", http.StatusTemporaryRedirect)
	}, "redirects"},
	"an abort": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot reach"},
}

func TestServer_reports_answers_of_something_else(t *testing.T) {
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int32
			ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				c.answer(w, r)
			}))
			defer ts.Close()
			o := client.ServerOptions{Timeout: patience}
			if c.says == "did not answer within" {
				o.Timeout = 50 * time.Millisecond
			}
			_, err := serverAt(t, ts.URL, o).Agents(withPatience(t))
			require.ErrorContains(t, err, c.says)
			require.False(t, errors.As(err, new(*protocol.Error)))
			require.EqualValues(t, 1, requests.Load(), "the request is not repeated")
		})
	}
}

func TestServer_errors_are_those_of_the_other_client(t *testing.T) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusFailedDependency)
		_, _ = io.WriteString(w, `{"error":"sign in","code":"AGENT_AUTH_REQUIRED","retryable":false,"retryAfterMs":1500,"field":"cwd","authMethods":[{"id":"m","name":"Me"}]}`)
	}))
	defer ts.Close()
	_, err := serverAt(t, ts.URL, client.ServerOptions{}).Start(withPatience(t), protocol.CreateHostSession{Agent: "a"}, nil)
	e, ok := errors.AsType[*protocol.Error](err)
	require.True(t, ok)
	require.Equal(t, protocol.CodeAgentAuthRequired, e.Code)
	require.Equal(t, "sign in", e.Message)
	require.Equal(t, "cwd", e.Field)
	require.Equal(t, 1500*time.Millisecond, e.RetryAfter)
	require.Equal(t, "m", e.AuthMethods[0].ID)
}

func TestServer_Start_waits_under_one_key_and_ends_the_agent_when_given_up(t *testing.T) {
	var keys, deleted []string
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			deleted = append(deleted, r.URL.Path)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"session":{"id":"H","status":"starting","detail":"downloads"}}`)
	}))
	defer ts.Close()
	ctx, cancel := context.WithCancel(withPatience(t))
	defer cancel()
	waited := 0
	_, err := serverAt(t, ts.URL, client.ServerOptions{}).Start(ctx, protocol.CreateHostSession{Agent: "a"}, func(h protocol.HostSession) {
		require.Equal(t, "downloads", h.Detail)
		if waited++; waited == 3 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.GreaterOrEqual(t, len(keys), 3)
	for _, key := range keys {
		require.NotEmpty(t, key)
		require.Equal(t, keys[0], key)
	}
	require.Equal(t, []string{"/api/sessions/H"}, deleted)
}

func TestNewServer_refuses_what_is_not_an_address(t *testing.T) {
	for _, address := range []string{"", "localhost:7777", "ftp://host", "http://", "http://me:secret@host", "http://host/#x", "http://host/?x", "http://[host"} {
		_, err := client.NewServer(address, client.ServerOptions{})
		require.Error(t, err, address)
	}
}

// answering is a network in which every request has the same answer.
type answering func() *http.Response

func (a answering) RoundTrip(*http.Request) (*http.Response, error) { return a(), nil }

func FuzzServer_takes_any_answer(f *testing.F) {
	for _, body := range []string{
		`{"session":{"id":"H","status":"idle"},"inviteToken":"I","hostParticipant":{"id":"P","accessToken":"T"}}`,
		`{"session":null,"hostParticipant":{"accessToken":null}}`, `{"error":"e","code":"C","authMethods":[null]}`, `[]`, `null`, "", "\xff",
	} {
		f.Add(200, "application/json", body)
		f.Add(400, "application/json; charset=utf-8", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		network := answering(func() *http.Response {
			return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}
		})
		s, err := client.NewServer("http://host", client.ServerOptions{HTTPClient: &http.Client{Transport: network}})
		require.NoError(t, err)
		ctx := t.Context()
		if made, err := s.Share(ctx, protocol.CreateSharedSession{}); err == nil {
			require.NotEmpty(t, made.Own.Token, "an answer without what matters is an error")
			require.NotEmpty(t, made.Invite.Invite)
		}
		if state, err := s.State(ctx, client.Link{}); err == nil {
			require.NotEmpty(t, state.Session.ID)
		}
		_, _ = s.Agents(ctx)
		_, _ = s.Sessions(ctx, client.SessionFilter{})
		_ = s.DeleteHostSession(ctx, "H", true)
		if host, err := s.HostSession(ctx, "H"); err == nil {
			require.NotEmpty(t, host.ID)
		}
	})
}
