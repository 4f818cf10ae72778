package web_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// newRemoteBubble starts a server whose clients have one address of another machine,
// and may join ten times per second.
func newRemoteBubble(t *testing.T) *world {
	return newBubble(t, func(s *setup) { s.remote, s.web = "192.0.2.7:4000", web.Options{JoinRate: 10} })
}

func TestREST_JoinRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newRemoteBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		join := func(user string) reply {
			return w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": user})
		}
		for i := range 10 {
			join(fmt.Sprint("guest ", i)).ok(http.StatusOK, nil)
		}
		for i := range 15 {
			r := join("one too many")
			r.fails(protocol.CodeRateLimited)
			require.Equal(t, fmt.Sprint(1+i/10), r.header.Get("Retry-After"), "each refused client gets a later time")
		}
		s.say(s.Host, "participants go on")
		<-time.After(time.Second)
		join("one too many").ok(http.StatusOK, nil)
		w.stop()
	})
}

func TestREST_wrong_credentials_are_limited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newRemoteBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		guess, stranger := person{ID: s.Host.ID, Token: "guess"}, person{ID: uuid.NewString(), Token: "guess"}
		for range 5 {
			w.call("POST", s.path("/messages"), stranger.with(object{"text": "x"})).fails(protocol.CodeParticipantNotFound)
			w.call("GET", s.path("/messages"), nil, guess.headers()...).fails(protocol.CodeInvalidParticipantToken)
		}
		for _, call := range []reply{
			w.call("POST", s.path("/messages"), guess.with(object{"text": "x"})),
			w.call("GET", s.path("/messages"), nil, guess.headers()...),
			w.call("GET", s.path("/events"), nil, guess.headers()...),
			w.call("GET", s.path("/stream"), nil, guess.headers()...),
		} {
			call.fails(protocol.CodeRateLimited)
		}
		w.call("POST", s.path("/join"), object{"inviteToken": "guess", "userId": "gus"}).fails(protocol.CodeRateLimited)
		<-time.After(100 * time.Millisecond)
		w.call("POST", s.path("/messages"), guess.with(object{"text": "x"})).fails(protocol.CodeInvalidParticipantToken)
		w.stop()
	})
}

// Clients can share an address, such as that of a proxy or of a company.
func TestREST_valid_credentials_are_accepted_among_wrong_ones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newRemoteBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		gil := s.join("gil", protocol.RoleCollaborator)
		guess := person{ID: gil.ID, Token: "guess"}
		for range 50 {
			w.call("POST", s.path("/messages"), guess.with(object{"text": "x"}))
			w.call("POST", s.path("/join"), object{"inviteToken": "guess", "userId": "gus"})
			c := w.dial(s.ID)
			c.send(commandLine("1", "join", object{"inviteToken": "guess", "userId": "gus"}))
			_, err := c.read()
			require.NoError(t, err)
		}
		s.say(gil, "over REST")
		w.call("GET", s.path("/messages"), nil, gil.headers()...).ok(http.StatusOK, nil)
		w.call("GET", s.path("/events"), nil, gil.headers()...).ok(http.StatusOK, nil)
		es := s.stream(gil, "")
		es.next()
		es.close()
		s.connect(gil)
		s.join("vera", protocol.RoleViewer)
		c := w.dial(s.ID)
		c.send(commandLine("1", "join", object{"inviteToken": s.Invite, "userId": "wim"}))
		c.welcome()
		w.stop()
	})
}

// Reads without credentials are limited by address, except on connections on which
// credentials were valid.
func TestREST_reads_without_credentials_are_limited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.remote, s.web = "192.0.2.7:4000", web.Options{ReadRate: 50} })
		s := w.share(protocol.ModeCommentOnly)
		gil := s.join("gil", protocol.RoleCollaborator)
		anonymous := *w // on a connection of its own
		anonymous.client = &http.Client{Transport: w.client.Transport.(*http.Transport).Clone()}
		defer anonymous.client.CloseIdleConnections()
		paths := []string{
			sharedAPI, sharedAPI + "/", s.path(""), s.path("/messages"), s.path("/participants"),
			"/api/agents", "/api/sessions", "/api/sessions/" + s.Agent,
		}
		<-time.After(time.Second) // the start of the agent has used up some
		for i := range 50 {
			anonymous.call("GET", paths[i%len(paths)], nil).ok(http.StatusOK, nil)
		}
		for i, path := range paths {
			r := anonymous.call("GET", path, nil)
			r.fails(protocol.CodeRateLimited)
			require.Equal(t, "1", r.header.Get("Retry-After"), "%d", i)
			require.Equal(t, http.StatusTooManyRequests, anonymous.call("HEAD", path, nil).status)
			anonymous.call("GET", path, nil, "Parley-Participant", gil.ID).fails(protocol.CodeRateLimited)
		}
		for range 60 {
			s.say(gil, "participants can still act")
			w.call("GET", s.path("/messages"), nil).ok(http.StatusOK, nil) // as clients of the original API read
			anonymous.call("GET", "/", nil).ok(http.StatusOK, nil)
			anonymous.call("GET", "/healthz", nil).ok(http.StatusOK, nil)
			anonymous.call("GET", "/readyz", nil).ok(http.StatusOK, nil)
		}
		anonymous.call("GET", s.path("/messages"), nil, gil.headers()...).ok(http.StatusOK, nil)
		anonymous.call("GET", s.path("/messages"), nil).ok(http.StatusOK, nil) // the connection is known by now
		anonymous.client.CloseIdleConnections()
		anonymous.call("GET", s.path("/messages"), nil).fails(protocol.CodeRateLimited)
		<-time.After(time.Second)
		anonymous.call("GET", s.path("/messages"), nil).ok(http.StatusOK, nil)
		anonymous.client.CloseIdleConnections()
		w.stop()
	})
}

func TestSocket_wrong_credentials_are_limited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newRemoteBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		for range 10 {
			c := w.dial(s.ID)
			c.send(commandLine("1", "resume", object{"participantId": s.Host.ID, "participantToken": "guess"}))
			c.closed(protocol.CloseBadCredentials)
		}
		c := w.dial(s.ID)
		c.send(commandLine("1", "resume", object{"participantId": s.Host.ID, "participantToken": "guess"}))
		refused, ok := c.answer().(*protocol.ErrorMessage)
		require.True(t, ok)
		require.Equal(t, protocol.CodeRateLimited, refused.Error.Code)
		require.EqualValues(t, 100, refused.Error.RetryAfterMS)
		c.closed(protocol.CloseRateLimited)
		w.stop()
	})
}
