package target

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"parley/cmd/parley-bench/internal/machine"
	"parley/protocol"
	"parley/protocol/client"
)

// ParleyTarget is a Parley server: a child process, or one that was already
// running.
type ParleyTarget struct {
	// immutable
	url    *url.URL
	child  *child // nil if the server was already running
	remove func() // removes the data directory; nil if the caller does that
	link   client.Link
	agent  string // profile to start agents of; the demo if empty

	mu    sync.Mutex
	hosts []string // guarded by mu: host sessions, each shared roomsPerHost times
	rooms int      // guarded by mu
}

// serveFlags lift limits, because one client sends as fast as a whole room would, and rooms
// and numbers of agents are larger than usual.
var serveFlags = []string{
	"--listen", "127.0.0.1:0", "--log-format", "json",
	"--command-rate", "0", "--max-sessions", "0", "--max-participants", "100000", "--max-connections", "100000",
	"--max-agents", "100000",
}

// StartParleyOn starts Parley on a data directory, which the caller removes.
func (l Lab) StartParleyOn(ctx context.Context, dir string, flags ...string) (*ParleyTarget, error) {
	args := append([]string{"serve", "--data", dir}, serveFlags...)
	c, err := l.startChild(ctx, l.Parley, append(args, flags...)...)
	if err != nil {
		return nil, err
	}
	return &ParleyTarget{url: c.url, child: c}, nil
}

// Use returns what the server has used, or [ErrRemote].
func (t *ParleyTarget) Use() (machine.Usage, error) {
	if t.child == nil {
		return machine.Usage{}, ErrRemote
	}
	return t.child.Use()
}

// Stop stops a server that was started here.
func (t *ParleyTarget) Stop() error {
	if t.child == nil {
		return nil
	}
	err := t.child.stop()
	if t.remove != nil {
		t.remove()
	}
	return err
}

// Kill ends a server that was started here at once, and removes its data.
func (t *ParleyTarget) Kill() {
	t.child.kill()
	if t.remove != nil {
		t.remove()
	}
}

// roomsPerHost is how many rooms share an agent, so that a thousand rooms do not
// need a thousand agents.
const roomsPerHost = 100

// Room shares a session, or returns the one that the link of the lab leads to.
func (t *ParleyTarget) Room(ctx context.Context) (Room, error) {
	return t.ParleyRoom(ctx)
}

// ParleyRoom is [ParleyTarget.Room] with the concrete type.
func (t *ParleyTarget) ParleyRoom(ctx context.Context) (*ParleyRoom, error) {
	if t.link.Session != "" {
		return &ParleyRoom{target: t, id: t.link.Session, invite: t.link.Invite}, nil
	}
	host, err := t.host(ctx)
	if err != nil {
		return nil, err
	}
	return t.Share(ctx, host)
}

// host returns the host session for the next room.
func (t *ParleyTarget) host(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rooms == len(t.hosts)*roomsPerHost {
		id, err := t.StartAgent(ctx, t.agent)
		if err != nil {
			return "", err
		}
		t.hosts = append(t.hosts, id)
	}
	t.rooms++
	return t.hosts[len(t.hosts)-1], nil
}

// StartAgent starts an agent of a profile, the demo if empty, and returns the id
// of its host session.
func (t *ParleyTarget) StartAgent(ctx context.Context, profile string) (string, error) {
	if profile == "" {
		profile = "demo"
	}
	var made protocol.HostSessionAnswer
	err := t.call(ctx, http.MethodPost, "/api/sessions", protocol.CreateHostSession{Agent: profile}, &made)
	return made.Session.ID, err
}

// Share shares a host session and returns the room.
func (t *ParleyTarget) Share(ctx context.Context, host string) (*ParleyRoom, error) {
	var made protocol.CreateAnswer
	body := protocol.CreateSharedSession{HostSessionID: host, HostUserID: "bench"}
	if err := t.call(ctx, http.MethodPost, "/api/shared-sessions", body, &made); err != nil {
		return nil, err
	}
	return &ParleyRoom{target: t, id: made.Session.ID, invite: made.InviteToken, host: made.HostParticipant}, nil
}
