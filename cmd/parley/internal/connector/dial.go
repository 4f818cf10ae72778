package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// dial makes a connection and introduces the connector.
func (c *Connector) dial(ctx context.Context) (*link.Conn, connect.Welcome, error) {
	ctx, cancel := context.WithTimeout(ctx, connect.HelloTimeout)
	defer cancel()
	o := &websocket.DialOptions{Subprotocols: []string{connect.Subprotocol}, CompressionMode: websocket.CompressionDisabled}
	if c.opts.Token != "" {
		o.HTTPHeader = http.Header{"Authorization": {"Bearer " + c.opts.Token}}
	}
	if c.opts.Pin != "" {
		transport := client.NewTransport(c.opts.Pin)
		defer transport.CloseIdleConnections()
		o.HTTPClient = &http.Client{Transport: transport}
	}
	ws, response, err := websocket.Dial(ctx, strings.TrimSuffix(c.opts.Server, "/")+"/api/connect", o)
	if err != nil {
		return nil, connect.Welcome{}, handshakeError(response, err)
	}
	conn := link.NewConn(ws, connect.Heartbeat)
	welcome, err := c.introduce(ctx, conn)
	if err != nil {
		conn.Cut()
		return nil, welcome, err
	}
	conn.SetHeartbeat(min(max(time.Duration(welcome.HeartbeatMS)*time.Millisecond, minHeartbeat), maxHeartbeat))
	return conn, welcome, nil
}

// The bounds of the heartbeat that a server can ask for.
const (
	minHeartbeat = 100 * time.Millisecond
	maxHeartbeat = time.Minute
)

// handshakeError returns the error of a handshake. A server that refuses it for good is a
// [*Refusal].
func handshakeError(response *http.Response, err error) error {
	if response == nil || response.StatusCode < 400 || response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
		return err
	}
	if response.StatusCode == http.StatusNotFound {
		return &Refusal{connect.CloseRefused, "it takes no agents of other machines; a newer version of Parley does"}
	}
	var body protocol.ErrorBody
	answer, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if protocol.Decode(answer, &body) != nil || body.Error == "" {
		body.Error = "the server answered " + response.Status + "; is it a Parley server of this version?"
	}
	return &Refusal{connect.CloseBadCredentials, body.Error}
}

// introduce sends the hello and receives the welcome.
func (c *Connector) introduce(ctx context.Context, conn *link.Conn) (connect.Welcome, error) {
	hello := connect.Hello{
		Key: c.opts.Key, Incarnation: c.incarnation, Epoch: c.opts.Epoch, Taken: c.end.Taken(), Acknowledged: c.end.Acknowledged(),
		Agent: c.opts.Agent.Name, Title: c.opts.Title, Permissions: c.opts.Permissions,
		Dir: c.opts.Dir, FilesDir: c.opts.FilesDir,
	}
	if err := conn.Write(ctx, connect.Frame{Type: connect.TypeHello, Body: hello.Encode()}); err != nil {
		return connect.Welcome{}, err
	}
	f, err := conn.Read(ctx)
	switch {
	case err != nil:
		return connect.Welcome{}, refusal(err, nil)
	case f.Type == connect.TypeRefused:
		_, closed := conn.Read(ctx) // for the close code
		return connect.Welcome{}, refusal(closed, refusalIn(f))
	case f.Type != connect.TypeWelcome:
		return connect.Welcome{}, fmt.Errorf("the server answered hello with %s", f.Type)
	}
	return connect.DecodeBody[connect.Welcome](f)
}

// refusalIn returns the reason in a refused frame.
func refusalIn(f connect.Frame) error {
	body, err := connect.DecodeBody[connect.Refused](f)
	if err != nil {
		return err
	}
	return errors.New(body.Message)
}

// refusal returns the error of a connection: a [*Refusal] if the server has closed it with a
// code after which a connector does not return. reason is what the server has said before;
// nil for nothing.
func refusal(err, reason error) error {
	code := link.CloseCode(err)
	if code < connect.CloseNotProtocol || code > 4499 || code == connect.CloseNoHello {
		if reason != nil {
			return reason
		}
		return err
	}
	if reason == nil {
		closed, _ := errors.AsType[websocket.CloseError](err)
		reason = errors.New(closed.Reason)
	}
	return &Refusal{code, reason.Error()}
}

// maxBackoff bounds the pause between two attempts.
const maxBackoff = 15 * time.Second

// backoff is the pause between attempts, which doubles, with jitter.
type backoff struct {
	first time.Duration
	next  time.Duration // 0 for first
}

func (b *backoff) reset() { b.next = 0 }

// pause waits, and reports whether ctx has not ended.
func (b *backoff) pause(ctx context.Context) bool {
	wait := max(b.first, b.next)
	b.next = min(2*wait, maxBackoff)
	timer := time.NewTimer(wait/2 + rand.N(wait/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
