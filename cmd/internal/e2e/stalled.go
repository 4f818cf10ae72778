package e2e

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"parley/protocol"
)

// StalledClient is a client that is connected and does not read.
type StalledClient struct{ conn *websocket.Conn }

// stalledBuffer is the receive buffer, in bytes, of a client that does not read. With
// less than the largest segment of loopback, the last reads would take minutes.
const stalledBuffer = 64 << 10

// ConnectStalled connects with a cursor and reads nothing until
// [StalledClient.AwaitClose] or [StalledClient.Close] is called.
func (s Session) ConnectStalled(ctx context.Context, m Member, after string) (*StalledClient, error) {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(stalledBuffer)
	}}
	conn, _, err := websocket.Dial(ctx, "ws"+s.URL[len("http"):]+s.Path("/ws"),
		&websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol}, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, err
	}
	resume := &protocol.Resume{ParticipantID: m.ID, ParticipantToken: m.Token, Cursor: after}
	line, err := protocol.EncodeRequest(protocol.Request{ID: "resume", Command: resume})
	if err == nil {
		err = conn.Write(ctx, websocket.MessageText, line)
	}
	if err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return &StalledClient{conn}, nil
}

// Close aborts the connection.
func (c *StalledClient) Close() { _ = c.conn.CloseNow() }

// AwaitClose reads everything that has arrived and returns the close code of the server,
// or -1 if the server has aborted the connection.
func (c *StalledClient) AwaitClose(t testing.TB) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Timeout)
	defer cancel()
	c.conn.SetReadLimit(-1)
	for {
		if _, _, err := c.conn.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Fatal("the server has not closed the connection")
			}
			return int(websocket.CloseStatus(err))
		}
	}
}
