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

func TestServe_with_the_clock_set_back_an_hour_continues(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	future := createFutureSession(t, data)
	s := e2e.StartServer(t, data, "--permission-timeout", "1s")
	future.API = s.API
	from := future.Cursor(t)
	ben := e2e.Connect(t, future.InviteLink(), "Ben")
	sendMessage(t, ben, "what time is it?")
	answer, err := future.PostMessage(t.Context(), future.Host, "key", "look at the clock")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	host := e2e.Connect(t, future.HostLink(), "")
	awaitTurnEnd(t, host, sendPrompt(t, host, "help"))
	asking := sendPrompt(t, host, "permission")
	e2e.AwaitEvent(t, host, func(e *protocol.PermissionResolved) bool { return e.Source == protocol.SourceTimeout })
	awaitTurnEnd(t, host, asking)

	present := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.Equal(t, []string{future.ID, present.ID}, listSessions(t, s), "sorted by creation time")
	s.Kill()
	s = s.Restart(t)
	sendMessage(t, ben, "and now?")
	end := sequenceOf(t, future.Cursor(t))
	ben.AwaitSeq(t, end)
	requireTimesInOrder(t, future, from)
	s.Stop(t)
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

// createFutureSession creates a data directory with a session whose events are an hour
// ahead. Its hub runs in a synctest bubble, whose clock can be advanced.
func createFutureSession(t *testing.T, data string) (session e2e.Session) {
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
		host := made.HostParticipant
		_, err = h.Do(t.Context(), made.Session.ID, hub.Credentials{ParticipantID: host.ID, Token: *host.AccessToken},
			protocol.Request{ID: "1", Command: &protocol.Chat{Text: "it is late"}})
		require.NoError(t, err)
		session = e2e.Session{ID: made.Session.ID, Agent: demo.ID, Invite: made.InviteToken, Host: e2e.Member{ID: host.ID, Token: *host.AccessToken}}
	})
	return session
}

// listSessions returns the ids of the shared sessions in the order of the list.
func listSessions(t *testing.T, s *e2e.Server) []string {
	t.Helper()
	list := e2e.MustCall[protocol.SessionsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/shared-sessions"})
	var ids []string
	for _, session := range list.Sessions {
		ids = append(ids, session.ID)
	}
	return ids
}

// requireTimesInOrder checks that the times of the events after a cursor do not decrease,
// and that they are ahead of the clock.
func requireTimesInOrder(t *testing.T, s e2e.Session, from string) {
	t.Helper()
	var times []time.Time
	for _, raw := range s.MustEvents(t, s.Host, from) {
		var e protocol.Event
		require.NoError(t, json.Unmarshal(raw, &e))
		times = append(times, e.Timestamp)
	}
	require.True(t, slices.IsSortedFunc(times, time.Time.Compare))
	require.True(t, times[0].After(time.Now()))
}
