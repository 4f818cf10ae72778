package e2e

import (
	"bufio"
	"bytes"
	"cmp"
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
	WebSocket   Transport = "WebSocket"
	EventStream Transport = "event stream"
	LongPoll    Transport = "long poll"
)

// feed is a connection on which the server sends lines. One goroutine may call next;
// close may be called from any.
type feed interface {
	// next waits for lines. After an error it returns no more.
	next() ([]line, error)
	// close closes the connection, in order if orderly is true and the protocol has an
	// orderly close.
	close(orderly bool)
}

// open connects a member that has received all events up to a cursor. ctx bounds only
// the time to connect.
func (s Session) open(ctx context.Context, by Transport, m Member, at protocol.Cursor) (feed, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	f, err := s.openFeed(life, cancel, by, m, at.String())
	if err == nil && stop() {
		return f, nil
	}
	if f != nil {
		f.close(false) // ctx does not close a WebSocket once it is open
	}
	cancel()
	return nil, errors.Join(err, ctx.Err())
}

func (s Session) openFeed(life context.Context, cancel context.CancelFunc, by Transport, m Member, at string) (feed, error) {
	switch by {
	case WebSocket:
		return s.openWebSocket(life, cancel, m, at)
	case EventStream:
		return s.openEventStream(life, cancel, m, at)
	}
	return &longPollFeed{life, cancel, s, m, at}, nil
}

// webSocketFeed is a WebSocket that has sent its resume command. It can send further
// commands.
type webSocketFeed struct {
	life   context.Context
	cancel context.CancelFunc
	conn   *websocket.Conn
}

func (s Session) openWebSocket(life context.Context, cancel context.CancelFunc, m Member, at string) (feed, error) {
	conn, _, err := websocket.Dial(life, "ws"+s.URL[len("http"):]+s.Path("/ws"),
		&websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol}, HTTPClient: s.HTTP})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	f := &webSocketFeed{life, cancel, conn}
	resume := &protocol.Resume{ParticipantID: m.ID, ParticipantToken: m.Token, Cursor: at}
	return f, f.send("resume", resume)
}

func (f *webSocketFeed) send(id string, c protocol.Command) error {
	b, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return err
	}
	return f.conn.Write(f.life, websocket.MessageText, b)
}

func (f *webSocketFeed) next() ([]line, error) {
	_, message, err := f.conn.Read(f.life)
	if code := int(websocket.CloseStatus(err)); code >= protocol.CloseNotProtocol {
		return nil, violation("the WebSocket was closed with %d", code)
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

func (f *webSocketFeed) close(orderly bool) {
	if orderly {
		_ = f.conn.Close(websocket.StatusNormalClosure, "")
	}
	f.cancel()
	_ = f.conn.CloseNow()
}

// eventStreamFeed is an event stream.
type eventStreamFeed struct {
	cancel context.CancelFunc
	body   io.ReadCloser
	lines  *bufio.Reader
}

// streamClient opens a connection for each stream.
var streamClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func (s Session) openEventStream(life context.Context, cancel context.CancelFunc, m Member, at string) (feed, error) {
	req, err := http.NewRequestWithContext(life, http.MethodGet, s.URL+s.Path("/stream"), nil)
	if err != nil {
		return nil, err
	}
	req.Header = m.header()
	req.Header.Set("Last-Event-ID", at)
	response, err := cmp.Or(s.HTTP, streamClient).Do(req)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return &eventStreamFeed{cancel, response.Body, bufio.NewReader(response.Body)}, nil
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return nil, refusal(Response{response.StatusCode, body})
}

// next returns one event. The server sends an id, data and an empty line, or a
// comment.
func (f *eventStreamFeed) next() ([]line, error) {
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
				return nil, violation("id %q precedes %s", id, value)
			}
			return []line{l}, nil
		}
	}
}

// close aborts the connection: a stream has no orderly close.
func (f *eventStreamFeed) close(bool) {
	f.cancel()
	_ = f.body.Close()
}

// longPollFeed repeats a long poll.
type longPollFeed struct {
	life    context.Context
	cancel  context.CancelFunc
	session Session
	member  Member
	after   string // owned by next
}

func (f *longPollFeed) next() ([]line, error) {
	answer, err := f.session.poll(f.life, f.member, f.after, 1)
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

func (f *longPollFeed) close(bool) { f.cancel() }
