package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"

	"parley/protocol"
	"parley/protocol/client"
)

// parleyTarget is Parley, in a process of its own or somewhere else.
type parleyTarget struct {
	// immutable
	url    *url.URL
	child  *child // nil when it was not started here
	remove func() // removes its data; nil when that is for others to do
	link   client.Link
	agent  string // that rooms are made on; the demo if empty

	mu    sync.Mutex
	hosts []string // guarded by mu: host sessions, each for some rooms
	rooms int      // guarded by mu
}

// serveFlags lift the limits that keep one client from being as fast as all of
// a room together, and rooms smaller and agents fewer than those that are measured.
var serveFlags = []string{
	"--listen", "127.0.0.1:0", "--log-format", "json",
	"--command-rate", "0", "--max-participants", "100000", "--max-connections", "100000",
	"--max-agents", "100000",
}

// newDirectory makes a directory for a server's data, on disk.
func newDirectory() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "parley-bench-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// parleyOn starts Parley on a data directory.
func (l Lab) parleyOn(ctx context.Context, dir string, flags ...string) (*parleyTarget, error) {
	args := append([]string{"serve", "--data", dir}, serveFlags...)
	c, err := startChild(ctx, l, append(args, flags...)...)
	if err != nil {
		return nil, err
	}
	return &parleyTarget{url: c.url, child: c}, nil
}

func (t *parleyTarget) use() (Use, error) {
	if t.child == nil {
		return Use{}, errNotOurs
	}
	return t.child.use()
}

var errNotOurs = fmt.Errorf("the server was not started by the bench")

func (t *parleyTarget) stop() error {
	if t.child == nil {
		return nil
	}
	err := t.child.stop()
	if t.remove != nil {
		t.remove()
	}
	return err
}

// kill ends the server at once, and its data with it.
func (t *parleyTarget) kill() {
	t.child.kill()
	if t.remove != nil {
		t.remove()
	}
}

// roomsPerHost is how many sessions are shared from one agent, so that a
// thousand rooms do not need a thousand agents.
const roomsPerHost = 100

// room shares a session, or enters the one that it was given a link to.
func (t *parleyTarget) room(ctx context.Context) (room, error) {
	if t.link.Session != "" {
		return &parleyRoom{target: t, id: t.link.Session, invite: t.link.Invite}, nil
	}
	host, err := t.host(ctx)
	if err != nil {
		return nil, err
	}
	return t.share(ctx, host)
}

// host returns the host session for the next room.
func (t *parleyTarget) host(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rooms == len(t.hosts)*roomsPerHost {
		id, err := t.startAgent(ctx, t.agent)
		if err != nil {
			return "", err
		}
		t.hosts = append(t.hosts, id)
	}
	t.rooms++
	return t.hosts[len(t.hosts)-1], nil
}

func (t *parleyTarget) startAgent(ctx context.Context, agent string) (string, error) {
	if agent == "" {
		agent = "demo"
	}
	var made protocol.HostSessionAnswer
	err := t.post(ctx, "/api/sessions", object{"agent": agent}, &made)
	return made.Session.ID, err
}

func (t *parleyTarget) share(ctx context.Context, host string) (*parleyRoom, error) {
	var made protocol.CreateAnswer
	body := object{"hostSessionId": host, "hostUserId": "bench"}
	if err := t.post(ctx, "/api/shared-sessions", body, &made); err != nil {
		return nil, err
	}
	return &parleyRoom{target: t, id: made.Session.ID, invite: made.InviteToken, host: made.HostParticipant}, nil
}

type object map[string]any

// post makes a call that has to succeed, and reads its answer.
func (t *parleyTarget) post(ctx context.Context, path string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return t.call(ctx, http.MethodPost, path, bytes.NewReader(b), into)
}

// get is post without a body.
func (t *parleyTarget) get(ctx context.Context, path string, into any) error {
	return t.call(ctx, http.MethodGet, path, nil, into)
}

func (t *parleyTarget) call(ctx context.Context, method, path string, body io.Reader, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, t.url.String()+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s was answered %s: %.300s", method, path, answer.Status, b)
	}
	return json.Unmarshal(b, into)
}
