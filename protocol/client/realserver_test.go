package client_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal/memory"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/client"
	"parley/web"
)

// realSession is a shared session on a real server, with the demo agent and an
// in-memory journal.
type realSession struct {
	host, invite client.Link
	stop         func() error
}

// newRealSession starts a server that stops at the end of the test.
func newRealSession(t *testing.T) realSession {
	t.Helper()
	s, err := startRealSession(withPatience(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.stop()) })
	return s
}

// startRealSession starts a server and shares a session on it. The caller calls
// stop.
func startRealSession(ctx context.Context) (realSession, error) {
	launcher, err := agent.NewLauncher(nil, zap.NewNop(), agent.Options{DemoPace: time.Millisecond})
	if err != nil {
		return realSession{}, err
	}
	return startSessionOn(ctx, launcher)
}

// startSessionOn is [startRealSession] with the agents of a launcher.
func startSessionOn(ctx context.Context, launcher hub.Launcher) (realSession, error) {
	journal := memory.New()
	files, err := os.MkdirTemp("", "attachments")
	if err != nil {
		return realSession{}, err
	}
	store, err := dir.Open(files, blobs.DefaultLimits)
	if err != nil {
		return realSession{}, err
	}
	h := hub.New(journal, launcher, rules.Key{1}, hub.Options{Logger: zap.NewNop(), Attachments: store})
	if err := h.Start(ctx); err != nil {
		return realSession{}, err
	}
	server := web.New(h, web.Options{Listen: "127.0.0.1:7777", Logger: zap.NewNop(), CommandRate: -1})
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = server.HTTPServer("")
	ts.Start()
	s, err := share(ctx, h, ts.URL)
	s.stop = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		err := server.Shutdown(ctx)
		ts.Close()
		return errors.Join(err, h.Stop(ctx), journal.Close(), os.RemoveAll(files))
	}
	return s, err
}

// share starts the demo agent and creates a shared session on it.
func share(ctx context.Context, h *hub.Hub, url string) (realSession, error) {
	host := &protocol.CreateHostSession{Agent: "demo"}
	if err := host.Normalize(); err != nil {
		return realSession{}, err
	}
	session, err := h.CreateHost(ctx, host, "")
	if err != nil {
		return realSession{}, err
	}
	shared := &protocol.CreateSharedSession{HostSessionID: session.ID, HostUserID: "olga"}
	if err := shared.Normalize(); err != nil {
		return realSession{}, err
	}
	created, err := h.CreateShared(ctx, shared, "")
	if err != nil {
		return realSession{}, err
	}
	return realSession{
		host: client.Link{
			Server: url, Session: created.Session.ID,
			ParticipantID: created.HostParticipant.ID, Token: *created.HostParticipant.AccessToken,
		},
		invite: client.Link{Server: url, Session: created.Session.ID, Invite: created.InviteToken},
	}, nil
}
