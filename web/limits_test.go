package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/protocol"
)

// attempt tries to exceed a limit.
type attempt struct {
	set      func(*setup)
	far      bool // from another address than this machine's, by a clock that runs ahead
	exceed   func(t *testing.T, w *world, s *session)
	withWait bool // the limit acts some time later
}

// attempts has one for each limit of the server. Those that need thousands of people or of
// bytes have tests of their own: see elsewhere.
var attempts = map[protocol.Limit]attempt{
	protocol.LimitText: {exceed: func(_ *testing.T, w *world, s *session) {
		w.call("POST", s.path("/messages"), s.Host.with(object{"text": strings.Repeat("x", 33<<10)})).fails(protocol.CodeTooLarge)
	}},
	protocol.LimitBody: {exceed: func(_ *testing.T, w *world, s *session) {
		w.call("POST", s.path("/messages"), s.Host.with(object{"text": strings.Repeat("x", 2<<20)})).fails(protocol.CodeTooLarge)
	}},
	protocol.LimitNames: {exceed: func(_ *testing.T, w *world, s *session) {
		for _, name := range []string{"nul\x00", "evil\u202eeman", "line\nbreak", strings.Repeat("x", 129)} {
			w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": name}).fails(protocol.CodeInvalidRequest)
			w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "u", "displayName": name}).fails(protocol.CodeInvalidRequest)
		}
	}},
	protocol.LimitCommands: {
		set: func(s *setup) { s.web.CommandRate, s.web.CommandBurst = 0.001, 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			s.say(s.Host, "one")
			w.call("POST", s.path("/messages"), s.Host.with(object{"text": "two"})).fails(protocol.CodeRateLimited)
		},
	},
	protocol.LimitControl: {far: true, exceed: func(t *testing.T, _ *world, s *session) {
		code, _, _ := s.rawDial(t, s.Host).floods(frame(ping, ""))
		require.Equal(t, protocol.CloseRateLimited, code)
	}},
	protocol.LimitInbound: {
		set: func(s *setup) { s.web.MaxInbound = 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			w.call("POST", s.path("/messages"), s.Host.with(object{"text": strings.Repeat("x", 300<<10)})).fails(protocol.CodeRateLimited)
			s.say(s.Host, "a short one gets through")
		},
	},
	protocol.LimitAttachment: {
		set: func(s *setup) {
			s.hub.Attachments = attachmentsOf(blobs.Limits{File: 10, Session: 1 << 20, Total: 1 << 30})
		},
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.upload(s.Host, "a", "text/plain", []byte("more than ten bytes")).fails(protocol.CodeTooLarge)
		},
	},
	protocol.LimitSessionAttachments: {
		set: func(s *setup) {
			s.hub.Attachments = attachmentsOf(blobs.Limits{File: 10, Session: blobs.MinCharge, Total: 1 << 30})
		},
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.upload(s.Host, "a", "text/plain", []byte("a")).ok(http.StatusCreated, nil)
			s.upload(s.Host, "b", "text/plain", []byte("b")).fails(protocol.CodeTooLarge)
		},
	},
	protocol.LimitAllAttachments: {
		set: func(s *setup) { s.hub.Attachments = attachmentsOf(blobs.Limits{File: 10, Session: 1 << 20, Total: 1}) },
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.upload(s.Host, "a", "text/plain", []byte("a")).fails(protocol.CodeStorageFull)
		},
	},
	protocol.LimitUploads: {
		set: func(s *setup) { s.hub.MaxUploads = -1 },
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.upload(s.Host, "a", "text/plain", []byte("a")).fails(protocol.CodeRateLimited)
		},
	},
	protocol.LimitJoins: {
		far: true,
		set: func(s *setup) { s.web.JoinRate = 2 },
		exceed: func(t *testing.T, w *world, s *session) {
			for i := range 2 {
				s.join(fmt.Sprint("u", i), protocol.RoleViewer)
			}
			requireGrowingDelay(t, func() reply {
				return w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "more"})
			})
		},
	},
	protocol.LimitCredentials: {
		far: true,
		set: func(s *setup) { s.web.JoinRate = 2 },
		exceed: func(t *testing.T, w *world, s *session) {
			wrong := person{ID: s.Host.ID, Token: "wrong"}.with(object{"text": "x"})
			for range 2 {
				w.call("POST", s.path("/messages"), wrong).fails(protocol.CodeInvalidParticipantToken)
			}
			requireGrowingDelay(t, func() reply { return w.call("POST", s.path("/messages"), wrong) })
			s.say(s.Host, "valid credentials from the same address are not refused")
		},
	},
	protocol.LimitReads: {
		far: true,
		set: func(s *setup) { s.web.ReadRate = 2 },
		exceed: func(t *testing.T, w *world, s *session) {
			w.client.CloseIdleConnections() // of one that has authenticated
			for w.call("GET", s.path(""), nil).status == http.StatusOK {
			}
			requireGrowingDelay(t, func() reply { return w.call("GET", s.path(""), nil) })
		},
	},
	protocol.LimitParticipants: {
		set: func(s *setup) { s.hub.MaxParticipants = 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "gil"}).fails(protocol.CodeTooManyParticipants)
		},
	},
	protocol.LimitConnections: {
		set: func(s *setup) { s.hub.MaxConnections = 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			s.connect(s.join("gil", protocol.RoleViewer))
			ida := s.join("ida", protocol.RoleViewer)
			c := w.dial(s.ID)
			c.send(commandLine("r", "resume", object{"participantId": ida.ID, "participantToken": ida.Token}))
			c.fails("r", protocol.CodeTooManyParticipants)
			s.connect(s.Host) // the host is not kept out
		},
	},
	protocol.LimitOwnConnections: {
		set: func(s *setup) { s.hub.MaxOwnConnections = 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			s.connect(s.Host)
			w.call("GET", s.path("/stream?"+s.Host.query()), nil).fails(protocol.CodeTooManyParticipants)
		},
	},
	protocol.LimitOpen: {
		set:      func(s *setup) { s.web.MaxOpen = 3 },
		withWait: true,
		exceed:   func(t *testing.T, w *world, _ *session) { stallMany(t, w, 6) },
	},
	protocol.LimitUnfinished: {
		set:      func(s *setup) { s.web.MaxUnfinished = 2 },
		withWait: true,
		exceed:   func(t *testing.T, w *world, _ *session) { stallMany(t, w, 6) },
	},
	protocol.LimitFirstCommand: {
		set:      func(s *setup) { s.web.FirstCommandTimeout = time.Millisecond },
		withWait: true,
		exceed:   func(_ *testing.T, w *world, s *session) { w.dial(s.ID).closed(protocol.CloseNoCommandInTime) },
	},
	protocol.LimitBodyTime: {far: true, withWait: true, exceed: func(t *testing.T, w *world, s *session) {
		conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", s.path("/messages"))
		require.NoError(t, err)
		<-time.After(time.Minute)
	}},
	protocol.LimitPings: {far: true, withWait: true, exceed: func(t *testing.T, _ *world, s *session) {
		c := s.rawDial(t, s.Host)
		for err := error(nil); err == nil; { // it reads, and does not answer
			_, _, err = c.read()
		}
	}},
	protocol.LimitOwnOutbound: {
		far: true,
		set: func(s *setup) { s.hub.MaxBacklog = 32 << 10 },
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.connect(s.Host)
			for range 10 {
				s.say(s.Host, strings.Repeat("x", 20<<10))
			}
		},
		withWait: true,
	},
	protocol.LimitOutbound: {
		far: true,
		set: func(s *setup) { s.hub.MaxBacklogs = 32 << 10 },
		exceed: func(_ *testing.T, _ *world, s *session) {
			s.connect(s.Host)
			for range 10 {
				s.say(s.Host, strings.Repeat("x", 20<<10))
			}
		},
		withWait: true,
	},
	protocol.LimitSessions: {
		set: func(s *setup) { s.hub.MaxSessions = 1 },
		exceed: func(t *testing.T, w *world, s *session) {
			body := object{"hostSessionId": s.Agent, "hostUserId": "hana"}
			w.call("POST", sharedAPI, body).fails(protocol.CodeTooManySessions)
			w.call("POST", sharedAPI, body, "Idempotency-Key", "k").fails(protocol.CodeTooManySessions)
			s.close()
			require.Eventually(t, func() bool { return w.call("POST", sharedAPI, body).status == http.StatusCreated },
				testTimeout, 100*time.Millisecond, "a session that has ended does not count")
		},
	},
	protocol.LimitAgents: {
		set: func(s *setup) { s.hub.MaxAgents = 1 },
		exceed: func(_ *testing.T, w *world, _ *session) {
			w.call("POST", "/api/sessions", object{"agent": "demo"}).fails(protocol.CodeTooManyAgents)
		},
	},
	protocol.LimitOwnAgents: {
		set: func(s *setup) { s.hub.MaxOwnAgents, s.web.Operators = 1, operatorKeys{"OPERATOR": "ann"} },
		exceed: func(_ *testing.T, w *world, _ *session) {
			key := []string{"Authorization", "Bearer OPERATOR"}
			w.call("POST", "/api/sessions", object{"agent": "demo"}, key...).ok(http.StatusCreated, nil)
			w.call("POST", "/api/sessions", object{"agent": "demo"}, key...).fails(protocol.CodeTooManyAgents)
		},
	},
	protocol.LimitOwnPending:   pendingAttempt(func(s *setup) { s.hub.MaxOwnPending = 1 }, "x"),
	protocol.LimitPending:      pendingAttempt(func(s *setup) { s.hub.MaxPending = 1 }, "x"),
	protocol.LimitPendingBytes: pendingAttempt(func(s *setup) { s.hub.MaxPendingBytes = 1 }, strings.Repeat("x", 5<<10)),
	protocol.LimitPrompts: {
		set: func(s *setup) { s.hub.MaxPromptBytes = 1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			w.call("POST", s.path("/prompts"), s.Host.with(object{"prompt": strings.Repeat("x", 5<<10)})).fails(protocol.CodeQueueFull)
		},
	},
	protocol.LimitQueue: {
		set: func(s *setup) { s.hub.MaxQueued = -1 },
		exceed: func(_ *testing.T, w *world, s *session) {
			w.call("POST", s.path("/prompts"), s.Host.with(object{"prompt": "help"})).fails(protocol.CodeQueueFull)
		},
	},
}

// elsewhere has the limits that other tests try to exceed.
var elsewhere = map[protocol.Limit]string{
	protocol.LimitRestricted: "TestState_keeps_a_bounded_number_of_restrictions",
}

// pendingAttempt proposes prompts until one is refused.
func pendingAttempt(set func(*setup), prompt string) attempt {
	return attempt{set: set, exceed: func(t *testing.T, w *world, s *session) {
		gil := s.join("gil", protocol.RoleCollaborator)
		for range 3 {
			if r := w.call("POST", s.path("/prompts"), gil.with(object{"prompt": prompt})); r.status != http.StatusOK {
				r.fails(protocol.CodeTooManyPending)
				return
			}
		}
		require.Fail(t, "every prompt was accepted")
	}}
}

// lateStore is a store of attachments that startWorld opens in the world's directory.
type lateStore struct {
	blobs.Store
	limits blobs.Limits
}

func attachmentsOf(l blobs.Limits) blobs.Store { return &lateStore{limits: l} }

func (s *lateStore) open(path string) (err error) {
	s.Store, err = dir.Open(path, s.limits)
	return err
}

func stallMany(t *testing.T, w *world, n int) {
	var open atomic.Int32
	for range n {
		w.stall(t, "GET / HTTP", &open)
	}
}

// requireGrowingDelay requires that a call is refused again and again, each time for longer.
func requireGrowingDelay(t *testing.T, call func() reply) {
	t.Helper()
	last := ""
	for range 8 {
		r := call()
		r.fails(protocol.CodeRateLimited)
		last = r.header.Get("Retry-After")
	}
	require.NotContains(t, []string{"", "0", "1"}, last)
}

// Every limit of the server refuses what exceeds it, and counts that.
func TestLimits_refuse_and_count_what_exceeds_them(t *testing.T) {
	for l := protocol.NoLimit + 1; int(l) < len(protocol.LimitTable); l++ {
		a, tried := attempts[l]
		if !tried {
			require.NotEmpty(t, elsewhere[l], "no test tries to exceed %s", protocol.LimitTable[l].Name)
			continue
		}
		t.Run(protocol.LimitTable[l].Name, func(t *testing.T) {
			t.Parallel()
			if a.far {
				synctest.Test(t, func(t *testing.T) { a.try(t, l) })
				return
			}
			a.try(t, l)
		})
	}
}

func (a attempt) try(t *testing.T, l protocol.Limit) {
	change := func(s *setup) {
		if a.set != nil {
			a.set(s)
		}
	}
	var w *world
	if a.far {
		w = newBubble(t, change, func(s *setup) { s.remote = "192.0.2.7:4000" })
		defer w.stop()
	} else {
		w = newWorld(t, change)
	}
	s := w.share(protocol.ModePromptWithApproval)
	require.Zero(t, w.hub.Refusals(l))
	a.exceed(t, w, s)
	if a.withWait {
		require.Eventually(t, func() bool { return w.hub.Refusals(l) > 0 }, testTimeout, 10*time.Millisecond)
	}
	require.Positive(t, w.hub.Refusals(l))
}

func TestMetrics_have_every_limit(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.hub.MaxSessions, s.web.MaxOpen = 1, 100 })
	s := w.share(protocol.ModeCommentOnly)
	w.call("POST", sharedAPI, object{"hostSessionId": s.Agent, "hostUserId": "hana"}).fails(protocol.CodeTooManySessions)
	r := w.call("GET", "/metrics", nil)
	require.Equal(t, http.StatusOK, r.status)
	text := string(r.body)
	for _, entry := range protocol.LimitTable[1:] {
		require.Contains(t, text, fmt.Sprintf("parley_refused_total{limit=%q} ", entry.Name))
	}
	require.Contains(t, text, `parley_refused_total{limit="sessions"} 1`)
	require.Contains(t, text, `parley_limit_used{limit="agents"} 1`)
	require.Contains(t, text, `parley_limit_max{limit="agents"} 32`)
	require.Contains(t, text, `parley_limit_max{limit="open_connections"} 100`)
	require.Contains(t, text, "go_goroutines ")
}
