package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/coder/websocket"

	"parley/protocol"
)

// Transport is a protocol by which events are received.
type Transport string

// The transports.
const (
	Socket Transport = "WebSocket"
	Stream Transport = "event stream"
	Poll   Transport = "long poll"
)

// feed is a connection on which lines of the server arrive.
type feed interface {
	// next waits for lines. After an error there are no more.
	next() ([]line, error)
	// end closes the connection, in order or by breaking it off.
	end(politely bool)
}

// open connects a member that has received all events up to a cursor. ctx bounds only
// the connecting.
func (s Session) open(ctx context.Context, by Transport, m Member, at protocol.Cursor) (feed, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	f, err := s.openUntil(life, cancel, by, m, at.String())
	if err == nil && stop() {
		return f, nil
	}
	if f != nil {
		f.end(false) // ctx does not close a socket once it is open
	}
	cancel()
	return nil, errors.Join(err, ctx.Err())
}

func (s Session) openUntil(life context.Context, cancel context.CancelFunc, by Transport, m Member, at string) (feed, error) {
	switch by {
	case Socket:
		return s.openSocket(life, cancel, m, at)
	case Stream:
		return s.openStream(life, cancel, m, at)
	}
	return &pollFeed{life, cancel, s, m, at}, nil
}

// socketFeed is a WebSocket after its welcome. It also takes commands.
type socketFeed struct {
	life   context.Context
	cancel context.CancelFunc
	conn   *websocket.Conn
}

func (s Session) openSocket(life context.Context, cancel context.CancelFunc, m Member, at string) (feed, error) {
	conn, _, err := websocket.Dial(life, "ws"+s.URL[len("http"):]+s.Path("/ws"),
		&websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	f := &socketFeed{life, cancel, conn}
	resume := &protocol.Resume{ParticipantID: m.ID, ParticipantToken: m.Token, Cursor: at}
	return f, f.send("resume", resume)
}

func (f *socketFeed) send(id string, c protocol.Command) error {
	b, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return err
	}
	return f.conn.Write(f.life, websocket.MessageText, b)
}

func (f *socketFeed) next() ([]line, error) {
	_, message, err := f.conn.Read(f.life)
	if code := int(websocket.CloseStatus(err)); code >= protocol.CloseNotProtocol {
		return nil, violation("the socket was closed with %d", code)
	}
	if err != nil {
		return nil, err
	}
	var lines []line
	for raw := range protocol.SplitLines(message) {
		lines = append(lines, lineOf(bytes.Clone(raw)))
	}
	return lines, nil
}

func (f *socketFeed) end(politely bool) {
	if politely {
		_ = f.conn.Close(websocket.StatusNormalClosure, "")
	}
	f.cancel()
	_ = f.conn.CloseNow()
}

// streamFeed is an event stream.
type streamFeed struct {
	cancel context.CancelFunc
	body   io.ReadCloser
	lines  *bufio.Reader
}

// streams uses a connection of its own for each stream.
var streams = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func (s Session) openStream(life context.Context, cancel context.CancelFunc, m Member, at string) (feed, error) {
	req, err := http.NewRequestWithContext(life, http.MethodGet, s.URL+s.Path("/stream"), nil)
	if err != nil {
		return nil, err
	}
	req.Header = m.header()
	req.Header.Set("Last-Event-ID", at)
	response, err := streams.Do(req)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return &streamFeed{cancel, response.Body, bufio.NewReader(response.Body)}, nil
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return nil, refusedWith(Answer{response.StatusCode, body})
}

// next returns one event. The server sends an id, data and an empty line, or a
// comment.
func (f *streamFeed) next() ([]line, error) {
	var id string
	for {
		text, err := f.lines.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		text = bytes.TrimSuffix(text, []byte("\n"))
		if value, ok := bytes.CutPrefix(text, []byte("id: ")); ok {
			id = string(value)
		}
		if value, ok := bytes.CutPrefix(text, []byte("data: ")); ok {
			l := lineOf(value)
			if id != l.Cursor.String() {
				return nil, violation("id %q stands before %s", id, value)
			}
			return []line{l}, nil
		}
	}
}

// end breaks off the connection: a stream has no orderly end.
func (f *streamFeed) end(bool) {
	f.cancel()
	_ = f.body.Close()
}

// pollFeed is a long poll that is repeated.
type pollFeed struct {
	life   context.Context
	cancel context.CancelFunc
	of     Session
	as     Member
	after  string // owned by next
}

func (f *pollFeed) next() ([]line, error) {
	answer, err := f.of.poll(f.life, f.as, f.after, 1)
	if err != nil {
		return nil, fmt.Errorf("poll: %w", err)
	}
	f.after = answer.Cursor
	var lines []line
	for _, raw := range answer.Events {
		lines = append(lines, lineOf(raw))
	}
	return lines, nil
}

func (f *pollFeed) end(bool) { f.cancel() }
