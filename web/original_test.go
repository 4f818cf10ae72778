package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/hub/journal/sqlite"
	"parley/protocol"
	"parley/web"
)

// Each test in this file is named after a defect of the original API that Parley does
// not have. See also TestGuard_AnyWebPageMayCallTheOriginal.

func TestOriginal_RejoiningHandsOutTokens(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleViewer)
	rejoin := func(t *testing.T, more object) reply {
		body := object{"inviteToken": s.Invite, "userId": "gil"}
		for k, v := range more {
			body[k] = v
		}
		return w.in(t).call("POST", s.path("/join"), body)
	}
	t.Run("an invite does not return a present participant", func(t *testing.T) {
		r := rejoin(t, nil)
		r.fails(protocol.CodeUserAlreadyJoined)
		require.NotContains(t, string(r.body), gil.Token)
		rejoin(t, object{"userId": " gil "}).fails(protocol.CodeUserAlreadyJoined)
		rejoin(t, object{"participantToken": "wrong"}).fails(protocol.CodeUserAlreadyJoined)
		rejoin(t, object{"participantToken": s.Host.Token}).fails(protocol.CodeUserAlreadyJoined)
	})
	t.Run("nor the host", func(t *testing.T) {
		r := rejoin(t, object{"userId": "hana"})
		r.fails(protocol.CodeUserAlreadyJoined)
		require.NotContains(t, string(r.body), s.Host.Token)
		rejoin(t, object{"userId": "hana", "participantToken": gil.Token}).fails(protocol.CodeUserAlreadyJoined)
	})
	t.Run("a token returns its own participant", func(t *testing.T) {
		var answer protocol.JoinAnswer
		rejoin(t, object{"participantToken": gil.Token}).ok(http.StatusOK, &answer)
		require.Equal(t, gil, personOf(answer.Participant))
		require.Equal(t, protocol.RoleViewer, answer.Participant.Role, "the role stays")
	})
	t.Run("the host rejoins with the host's token, even after leaving", func(t *testing.T) {
		own := object{"userId": "hana", "participantToken": s.Host.Token}
		var answer protocol.JoinAnswer
		rejoin(t, own).ok(http.StatusOK, &answer)
		require.Equal(t, s.Host, personOf(answer.Participant))
		s.in(t).leave(s.Host)
		w.in(t).call("POST", s.path("/messages"), s.Host.with(object{"text": "x"})).fails(protocol.CodeParticipantInactive)
		rejoin(t, own).ok(http.StatusOK, &answer)
		require.Equal(t, s.Host.ID, answer.Participant.ID)
		require.Equal(t, protocol.RoleHost, answer.Participant.Role)
	})
}

// With --legacy-rejoin, a join over REST returns present guests as the original API
// does, but not the host.
func TestOriginal_RejoiningWithLegacyRejoin(t *testing.T) {
	yes, no := true, false
	open := web.Options{Listen: "127.0.0.1:7777"}
	with := func(change func(*web.Options)) web.Options {
		o := open
		change(&o)
		return o
	}
	for _, row := range []struct {
		about   string
		server  web.Options
		header  []string
		allowed bool
	}{
		{"on loopback", open, nil, true},
		{"on loopback by its name", web.Options{Listen: "localhost:7777"}, nil, true},
		{"beyond loopback", web.Options{Listen: ":7777"}, nil, false},
		{"on loopback, with another name", with(func(o *web.Options) { o.AllowHosts = []string{"chat.example.com"} }), nil, false},
		{"on loopback, with pages of another site", with(func(o *web.Options) { o.AllowOrigins = []string{"https://chat.example.com"} }), nil, false},
		{"forwarded, as RFC 7239 says", open, []string{"Forwarded", "for=203.0.113.9"}, false},
		{"forwarded by nginx", open, []string{"X-Real-IP", "203.0.113.9"}, false},
		{"forwarded for a client", open, []string{"X-Forwarded-For", "203.0.113.9"}, false},
		{"forwarded under TLS", open, []string{"x-forwarded-proto", "https"}, false},
		{"forwarded by a gateway", open, []string{"Via", "1.1 gateway"}, false},
		{"forwarded through a tunnel", open, []string{"CF-Connecting-IP", "203.0.113.9"}, false},
		{"forwarded by a proxy that omits the X", open, []string{"Forwarded-For", "203.0.113.9"}, false},
		{"forwarded by a proxy that keeps an earlier header", open, []string{"X-Original-Forwarded-For", "203.0.113.9"}, false},
		{"forwarded by a gateway that writes underscores", open, []string{"X_Forwarded_For", "203.0.113.9"}, false},
		{"forwarded by an application server", open, []string{"WL-Proxy-Client-IP", "203.0.113.9"}, false},
		{"forwarded by a load balancer", open, []string{"X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"}, false},
		{"forwarded by a content network", open, []string{"X-Azure-ClientIP", "203.0.113.9"}, false},
		{"by a client that keeps its connection to a proxy", open, []string{"Proxy-Connection", "keep-alive"}, true},
		{"if it is allowed, beyond loopback", web.Options{Listen: ":7777", LegacyRejoin: &yes}, nil, true},
		{"if it is allowed, behind a proxy", with(func(o *web.Options) { o.LegacyRejoin = &yes }), []string{"X-Forwarded-For", "203.0.113.9"}, true},
		{"if it is forbidden", with(func(o *web.Options) { o.LegacyRejoin = &no }), nil, false},
	} {
		t.Run(row.about, func(t *testing.T) {
			w := newWorld(t, func(s *setup) {
				s.web = row.server
				s.web.InsecureOpen = !web.IsLoopback(row.server.Listen) || len(row.server.AllowHosts)+len(row.server.AllowOrigins) > 0
			})
			requireRejoin(t, w, row.header, row.allowed)
		})
	}
}

// requireRejoin requires that a join with these headers returns a present guest, or
// does not.
func requireRejoin(t *testing.T, w *world, header []string, allowed bool) {
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleViewer)
	join := object{"inviteToken": s.Invite, "userId": "gil"}
	if allowed {
		var answer protocol.JoinAnswer
		w.call("POST", s.path("/join"), join, header...).ok(http.StatusOK, &answer)
		require.Equal(t, gil, personOf(answer.Participant))
	} else {
		w.call("POST", s.path("/join"), join, header...).fails(protocol.CodeUserAlreadyJoined)
	}
	w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "hana"}, header...).
		fails(protocol.CodeUserAlreadyJoined)
	command := object{"id": "1", "type": "join", "payload": join}
	refused := w.call("POST", s.path("/commands"), command, header...)
	require.Contains(t, string(refused.body), protocol.CodeUserAlreadyJoined, "only REST is the original API")
	require.NotContains(t, string(refused.body), gil.Token)

	typed := object{"id": "2", "type": "join", "payload": object{"inviteToken": s.Invite, "userId": "ida"}}
	w.call("POST", s.path("/commands"), typed).ok(http.StatusOK, nil)
	w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "ida"}, header...).
		fails(protocol.CodeUserAlreadyJoined)
}

func TestOriginal_StreamLosesEventsWhenBehind(t *testing.T) {
	const missed = 300 // the original API lost all beyond 256
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	es := s.stream(s.Host, "")
	es.next()
	s.say(s.Host, "-1")
	es.next()
	es.close()
	for i := range missed {
		s.say(s.Host, fmt.Sprint(i))
	}
	es = s.stream(s.Host, "", "Last-Event-ID", es.last)
	es.next()
	for i := range missed {
		var p protocol.MessageCreated
		require.NoError(t, json.Unmarshal(es.next().Payload, &p))
		require.Equal(t, fmt.Sprint(i), p.Message.Text)
	}
}

func TestOriginal_StreamStaysOpenAfterTheSession(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	es := s.stream(s.join("gil", protocol.RoleViewer), "")
	s.close()
	es.until(protocol.EventSessionClosed)
	es.ends()
	w.call("GET", s.path("/stream?"+s.Host.query()), nil).fails(protocol.CodeSessionInactive)
}

func TestOriginal_StreamStaysOpenAfterLeaving(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	gil, vera := s.join("gil", protocol.RoleViewer), s.join("vera", protocol.RoleViewer)
	left, removed := s.stream(gil, ""), s.stream(vera, "")
	s.leave(gil)
	left.until(protocol.EventParticipantLeft)
	left.ends()
	s.command(s.Host, "remove", object{"participantId": vera.ID}).ok(http.StatusOK, nil)
	removed.until(protocol.EventParticipantLeft)
	removed.until(protocol.EventParticipantLeft)
	removed.ends()
	w.call("GET", s.path("/stream?"+gil.query()), nil).fails(protocol.CodeParticipantInactive)
}

func TestOriginal_MalformedBodiesAnswerPlainText(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"", "/x/join", "/x/leave", "/x/messages", "/x/prompts", "/x/approvals/y"} {
		for _, body := range []string{"", "{", "[]", "null", "7", `"text"`, "\xff", "{}", `{"a":}`} {
			w.call("POST", sharedAPI+path, body).fails(protocol.CodeInvalidRequest)
		}
		w.call("POST", sharedAPI+path, "{}", "Content-Type", "text/plain").fails(protocol.CodeInvalidRequest)
	}
	w.call("DELETE", sharedAPI+"/x", "{").fails(protocol.CodeInvalidRequest)
}

func TestOriginal_EveryPermissionIsGranted(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	es := s.stream(s.Host, "")
	s.prompt(s.Host, "permission")
	asked := es.until(protocol.EventPermissionRequested)
	var p protocol.PermissionRequested
	require.NoError(t, json.Unmarshal(asked[len(asked)-1].Payload, &p))
	var options []struct {
		OptionID string `json:"optionId"`
		Kind     string `json:"kind"`
	}
	require.NoError(t, json.Unmarshal(p.Options, &options))
	reject := ""
	for _, o := range options {
		if o.Kind == "reject_once" {
			reject = o.OptionID
		}
	}
	s.command(s.Host, "permission", object{"requestId": p.RequestID, "optionId": reject}).ok(http.StatusOK, nil)
	answered := es.until(protocol.EventPermissionResolved)
	var how protocol.PermissionResolved
	require.NoError(t, json.Unmarshal(answered[len(answered)-1].Payload, &how))
	require.Equal(t, protocol.SourceParticipant, how.Source)
	require.Equal(t, reject, *how.OptionID)
	es.until(protocol.EventPromptDispatchCompleted)

	t.Run("unless the host session grants them, which all participants see", func(t *testing.T) {
		w := w.in(t)
		s := w.shareOn(w.startAgent(object{"permissions": "allow"}), protocol.ModeCommentOnly)
		es := s.stream(s.Host, "")
		s.prompt(s.Host, "permission")
		answered := es.until(protocol.EventPermissionResolved)
		require.NoError(t, json.Unmarshal(answered[len(answered)-1].Payload, &how))
		require.Equal(t, protocol.SourcePolicy, how.Source)
		require.Nil(t, how.Participant)
	})
}

func TestOriginal_LongPromptsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		es := s.stream(s.Host, "")
		s.prompt(s.Host, "wait")
		es.until(protocol.EventPromptDispatchStarted)
		es.close()
		<-time.After(24 * time.Hour) // the original API stopped after five minutes
		es = s.stream(s.Host, "", "Last-Event-ID", es.last)
		s.command(s.Host, "cancel", object{}).ok(http.StatusOK, nil)
		es.until(protocol.EventPromptCancelled)
		es.until(protocol.EventPromptDispatchFailed)
		es.close()
		w.stop()
	})
}

func TestOriginal_ApprovedPromptsRunAtOnce(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.pace = time.Millisecond })
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	es := s.stream(s.Host, "")
	var approvals []string
	for range 3 {
		approvals = append(approvals, s.prompt(gil, "plan").ID)
	}
	order := []string{approvals[2], approvals[0], approvals[1]}
	for _, id := range order {
		s.resolve(id, "approve")
	}
	var turns []string
	for len(turns) < 6 {
		e := es.next()
		if e.Type == protocol.EventPromptDispatchStarted || e.Type == protocol.EventPromptDispatchCompleted {
			var p protocol.PromptDispatchStarted
			require.NoError(t, json.Unmarshal(e.Payload, &p))
			turns = append(turns, string(e.Type)+" "+p.ApprovalID)
		}
	}
	for i, id := range order {
		require.Equal(t, "prompt_dispatch_started "+id, turns[2*i], "in the order of approval")
		require.Equal(t, "prompt_dispatch_completed "+id, turns[2*i+1], "one at a time")
	}
}

func TestOriginal_EverythingIsLostAtARestart(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	es := s.stream(gil, "")
	es.next()
	s.prompt(s.Host, "help")
	es.until(protocol.EventPromptDispatchCompleted)
	cursor := es.last
	s.say(gil, "before")
	pending := s.prompt(gil, "help")
	before := w.call("GET", s.path(""), nil).ok(http.StatusOK, nil)
	es.close()
	w.stop()

	w = newWorld(t, func(n *setup) {
		n.dir = w.setup.dir
		journal, err := sqlite.Open(n.dir, sqlite.Options{})
		require.NoError(t, err)
		n.journal = journal
	})
	s.w = w
	var was, is protocol.StateAnswer
	before.ok(http.StatusOK, &was)
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &is)
	require.Equal(t, was.Session, is.Session)
	require.Equal(t, was.Participants, is.Participants)
	require.Equal(t, was.Approvals, is.Approvals)
	es = s.stream(gil, "", "Last-Event-ID", cursor)
	es.next()
	require.Equal(t, []protocol.EventType{protocol.EventMessageCreated, protocol.EventPromptPendingApproval},
		types(es.until(protocol.EventPromptPendingApproval)))
	s.resolve(pending.ID, "approve")
	es.until(protocol.EventPromptDispatchCompleted)
}

func TestOriginal_ExpiryIsNoticedByTheNextRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.shareOn(w.startAgent(), protocol.ModePromptWithApproval, object{"expiresInMinutes": 7})
		gil := s.join("gil", protocol.RoleCollaborator)
		pending := s.prompt(gil, "help")
		es := s.stream(gil, "")
		es.next()
		begin := time.Now()
		e := es.next()
		require.Equal(t, protocol.EventSessionClosed, e.Type)
		require.JSONEq(t, `{"status":"expired"}`, string(e.Payload))
		require.WithinDuration(t, begin.Add(7*time.Minute), time.Now(), time.Second)
		es.ends()
		w.call("GET", s.path(""), nil).fails(protocol.CodeSessionInactive)
		w.call("POST", s.path("/approvals/"+pending.ID), s.Host.with(object{"action": "approve"})).
			fails(protocol.CodeSessionInactive)
		var sessions protocol.SessionsAnswer
		w.call("GET", sharedAPI+"?status=expired", nil).ok(http.StatusOK, &sessions)
		require.Len(t, sessions.Sessions, 1)
		es.close()
		w.stop()
	})
}

// On loopback, reads need no credentials, as in the original API. But no read shows a
// token, and a session that is closed looks like one that does not exist.
func TestOriginal_EverybodyReadsEverything(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	for _, path := range []string{sharedAPI, s.path(""), s.path("/participants"), s.path("/messages")} {
		body := string(w.call("GET", path, nil).ok(http.StatusOK, nil).body)
		for _, secret := range []string{s.Invite, s.Host.Token, gil.Token} {
			require.NotContains(t, body, secret)
		}
	}
	w.call("GET", sharedAPI+"/"+uuid.NewString()+"/messages", nil).fails(protocol.CodeSessionNotFound)
}
