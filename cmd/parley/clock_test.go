package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/cmd/internal/e2e"
	"parley/cmd/parley/internal/server"
	"parley/hub"
	"parley/hub/agent"
	"parley/hub/journal/sqlite"
	"parley/protocol"
)

func TestServe_with_the_clock_set_back_an_hour_goes_on(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	early := fromTheFuture(t, data)
	s := e2e.StartServer(t, data, "--permission-timeout", "1s")
	early.API = s.API
	from := early.Cursor(t)
	ben := e2e.Connect(t, early.InviteLink(), "Ben")
	say(t, ben, "what time is it?")
	answer, err := early.PostMessage(t.Context(), early.Host, "key", "look at the clock")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	host := e2e.Connect(t, early.HostLink(), "")
	awaitTurn(t, host, prompt(t, host, "help"))
	asking := prompt(t, host, "permission")
	e2e.AwaitEvent(t, host, func(e *protocol.PermissionResolved) bool { return e.Source == protocol.SourceTimeout })
	awaitTurn(t, host, asking)

	late := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.Equal(t, []string{early.ID, late.ID}, listed(t, s), "by when they were made")
	s.Kill()
	s = s.Restart(t)
	say(t, ben, "and now?")
	end := numberOf(t, early.Cursor(t))
	ben.AwaitSeq(t, end)
	requireTimesInOrder(t, early, from)
	s.Stop(t)
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

// fromTheFuture makes a data directory with a session whose events are an hour
// ahead, by a hub in a bubble, whose clock can be put forward.
func fromTheFuture(t *testing.T, data string) (session e2e.Session) {
	ahead := time.Now().Add(time.Hour)
	key, err := server.LoadKey(data, false)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(ahead))
		journal, err := sqlite.Open(data, sqlite.Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, journal.Close()) }()
		launcher, err := agent.NewLauncher(nil, zap.NewNop(), agent.Options{DemoDir: filepath.Join(data, "demo")})
		require.NoError(t, err)
		h := hub.New(journal, launcher, key, hub.Options{})
		require.NoError(t, h.Start(t.Context()))
		defer func() { require.NoError(t, h.Stop(t.Context())) }()
		demo, err := h.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
		require.NoError(t, err)
		made, err := h.CreateShared(t.Context(), &protocol.CreateSharedSession{
			HostSessionID: demo.ID, HostUserID: "host", Mode: protocol.ModePromptDirect,
		}, "")
		require.NoError(t, err)
		me := made.HostParticipant
		_, err = h.Do(t.Context(), made.Session.ID, hub.Credentials{ParticipantID: me.ID, Token: *me.AccessToken},
			protocol.Request{ID: "1", Command: &protocol.Chat{Text: "it is late"}})
		require.NoError(t, err)
		session = e2e.Session{ID: made.Session.ID, Agent: demo.ID, Invite: made.InviteToken, Host: e2e.Member{ID: me.ID, Token: *me.AccessToken}}
	})
	return session
}

func listed(t *testing.T, s *e2e.Server) []string {
	t.Helper()
	list := e2e.MustCall[protocol.SessionsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/shared-sessions"})
	var ids []string
	for _, session := range list.Sessions {
		ids = append(ids, session.ID)
	}
	return ids
}

// requireTimesInOrder checks that no event after a cursor is older than the one
// before it, and that they are ahead of the clock.
func requireTimesInOrder(t *testing.T, s e2e.Session, from string) {
	t.Helper()
	var times []time.Time
	for _, raw := range s.MustEvents(t, from) {
		var e protocol.Event
		require.NoError(t, json.Unmarshal(raw, &e))
		times = append(times, e.Timestamp)
	}
	require.True(t, slices.IsSortedFunc(times, time.Time.Compare))
	require.True(t, times[0].After(time.Now()))
}
