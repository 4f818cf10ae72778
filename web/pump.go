package web

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"parley/hub"
)

// pump is the way of lines from a subscription to a WebSocket connection. All
// that waits becomes one message, and one write. It is for one goroutine.
type pump struct {
	conn    *websocket.Conn
	timeout time.Duration // of one message
	buf     []byte        // one message, reused
}

func newPump(conn *websocket.Conn, timeout time.Duration) *pump {
	return &pump{conn: conn, timeout: timeout}
}

// run sends what sub yields and returns why it stopped: a *hub.Closed, the
// error of ctx, or that of a write.
func (p *pump) run(ctx context.Context, sub *hub.Subscription) error {
	for {
		lines, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if err := p.send(lines); err != nil {
			return err
		}
	}
}

// send writes lines in as few messages as maxWrite allows. A line that is
// larger is a message of its own.
func (p *pump) send(lines []hub.Line) error {
	for i, line := range lines {
		p.buf = append(p.buf, line.Bytes...)
		if i < len(lines)-1 && len(p.buf)+1+len(lines[i+1].Bytes) <= maxWrite {
			p.buf = append(p.buf, '\n')
			continue
		}
		if err := p.flush(); err != nil {
			return err
		}
	}
	return nil
}

// flush has a context of its own: that of the connection ends when the server
// shuts down, and would cut a message in half before the close frame.
func (p *pump) flush() error {
	ctx, cancel := context.WithTimeout(context.Background(), p.timeout)
	defer cancel()
	err := p.conn.Write(ctx, websocket.MessageText, p.buf)
	p.buf = reuse(p.buf)
	return err
}
