package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync/atomic"

	"parley/protocol"
	"parley/protocol/client"
)

// parleyTarget is Parley, in a process of its own or somewhere else.
type parleyTarget struct {
	url   *url.URL
	child *child // nil when it was not started here
	data  string // goes with the child
}

// serveFlags lift the limits that keep one client from being as fast as all of
// a room together, and rooms smaller than what is measured.
var serveFlags = []string{
	"--listen", "127.0.0.1:0", "--log-format", "json",
	"--command-rate", "0", "--max-participants", "100000", "--max-connections", "100000",
}

// startParley starts a server on a directory of its own on disk, with the
// settings of production but for the limits on what one client may do.
func startParley(ctx context.Context, program string, pins Pins, flags ...string) (*parleyTarget, error) {
	data, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return nil, err
	}
	t := &parleyTarget{data: data}
	args := append([]string{"serve", "--data", data}, serveFlags...)
	if t.child, err = startChild(ctx, program, pins, append(args, flags...)...); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	t.url = t.child.url
	return t, nil
}

func (t *parleyTarget) use() (Use, error) {
	if t.child == nil {
		return Use{}, errors.ErrUnsupported
	}
	return t.child.use()
}

func (t *parleyTarget) stop() error {
	if t.child == nil {
		return nil
	}
	return errors.Join(t.child.stop(), os.RemoveAll(t.data))
}

// room shares a session on the demo agent.
func (t *parleyTarget) room(ctx context.Context) (room, error) {
	var agent protocol.HostSessionAnswer
	if err := t.post(ctx, "/api/sessions", object{"agent": "demo"}, &agent); err != nil {
		return nil, err
	}
	var made protocol.CreateAnswer
	share := object{"hostSessionId": agent.Session.ID, "hostUserId": "bench"}
	if err := t.post(ctx, "/api/shared-sessions", share, &made); err != nil {
		return nil, err
	}
	return newParleyRoom(t, made.Session.ID, made.InviteToken), nil
}

type object map[string]any

// post makes a call that has to succeed, and reads its answer.
func (t *parleyTarget) post(ctx context.Context, path string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url.String()+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if b, err = io.ReadAll(answer.Body); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("POST %s was answered %s: %s", path, answer.Status, b)
	}
	return json.Unmarshal(b, into)
}

// parleyRoom is a shared session.
type parleyRoom struct {
	target *parleyTarget
	id     string
	invite string
	people *atomic.Int64 // who have joined, for their names
}

func newParleyRoom(t *parleyTarget, id, invite string) parleyRoom {
	return parleyRoom{t, id, invite, new(atomic.Int64)}
}

// linkedRoom is the session that an invite link leads to.
func linkedRoom(l client.Link) (parleyRoom, error) {
	server, err := url.Parse(l.Server)
	if err == nil && l.Invite == "" {
		err = errors.New("the link is no invite")
	}
	return newParleyRoom(&parleyTarget{url: server}, l.Session, l.Invite), err
}

func (r parleyRoom) path(endpoint string) string { return "/api/shared-sessions/" + r.id + endpoint }

func (r parleyRoom) newName() string { return "bench-" + strconv.FormatInt(r.people.Add(1), 10) }

func (r parleyRoom) listen(ctx context.Context, t Transport, bufferBytes int) (stream, error) {
	if t == WebSocket {
		return r.join(ctx, bufferBytes)
	}
	var joined protocol.JoinAnswer
	body := object{"inviteToken": r.invite, "userId": r.newName()}
	if err := r.target.post(ctx, r.path("/join"), body, &joined); err != nil {
		return nil, err
	}
	header := http.Header{
		"Authorization":      {"Bearer " + *joined.Participant.AccessToken},
		"Parley-Participant": {joined.Participant.ID},
	}
	return openEvents(ctx, endpoint{r.target.url, r.path("/stream"), header}, bufferBytes)
}

// join joins over a WebSocket as somebody new.
func (r parleyRoom) join(ctx context.Context, bufferBytes int) (*socket, error) {
	s, err := dialSocket(ctx, r.target.url, r.path("/ws"), bufferBytes)
	if err != nil {
		return nil, err
	}
	join := &protocol.Join{InviteToken: r.invite, UserID: r.newName()}
	if err := s.command("join", join); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// command sends a command and waits for its answer.
func (s *socket) command(id string, c protocol.Command) error {
	b, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return err
	}
	if err := s.send(b); err != nil {
		return err
	}
	for {
		message, err := s.message()
		if err != nil {
			return err
		}
		for line := range protocol.SplitLines(message) {
			var answer protocol.ErrorMessage
			if json.Unmarshal(line, &answer) != nil || answer.ID != id {
				continue
			}
			if answer.Error.Code != "" {
				return fmt.Errorf("%s was answered %s: %s", c.CommandType(), answer.Error.Code, answer.Error.Message)
			}
			return nil
		}
	}
}

func (r parleyRoom) publisher(ctx context.Context) (publisher, error) {
	s, err := r.join(ctx, 64<<10)
	if err != nil {
		return nil, err
	}
	p := &parleyPublisher{socket: s, ended: make(chan struct{})}
	if err := p.calibrate(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	go p.drain() // it ends with the connection
	return p, nil
}

// parleyPublisher is somebody who talks.
type parleyPublisher struct {
	*socket
	around int           // bytes of an event beside its text
	failed atomic.Value  // of string: an answer that was an error
	ended  chan struct{} // closed when nothing comes any more
}

// calibrate says something, to learn how long an event is.
func (p *parleyPublisher) calibrate() error {
	const text = "probe"
	b, err := protocol.EncodeRequest(protocol.Request{ID: text, Command: &protocol.Chat{Text: text}})
	if err != nil {
		return err
	}
	if err := p.socket.send(b); err != nil {
		return err
	}
	for {
		message, err := p.message()
		if err != nil {
			return err
		}
		for line := range protocol.SplitLines(message) {
			if bytes.Contains(line, []byte(`"cursor":`)) && bytes.Contains(line, []byte(`"text":"probe"`)) {
				p.around = len(line) - len(text)
				return nil
			}
		}
	}
}

// drain reads what comes to the publisher, and looks for refusals.
func (p *parleyPublisher) drain() {
	defer close(p.ended)
	for {
		b, err := p.read()
		if err != nil {
			return
		}
		if i := bytes.Index(b, []byte(`"error":{`)); i >= 0 {
			p.failed.CompareAndSwap(nil, string(b[i:min(len(b), i+200)]))
		}
	}
}

func (p *parleyPublisher) command(to []byte, seq uint64, size int) []byte {
	to = append(to, `{"id":"`...)
	to = strconv.AppendUint(to, seq, 10)
	to = append(to, `","type":"chat","payload":{"text":"`...)
	before := len(to)
	to = appendMark(to, seq)
	return append(pad(to, before+size-p.around), `"}}`...)
}

func (p *parleyPublisher) send(commands []byte) error {
	if refusal := p.failed.Load(); refusal != nil {
		return fmt.Errorf("a command was refused: %s", refusal)
	}
	return p.socket.send(commands)
}

func (p *parleyPublisher) Close() error {
	err := p.socket.Close()
	<-p.ended
	return err
}
