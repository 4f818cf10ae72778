package rawconn

import (
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Response is the body of a response as a connection, for a protocol such as HTTP/2 in
// which a connection carries many responses and cannot be taken over. Its handler must
// call [Response.Finish] before it returns.
type Response struct {
	*Conn // immutable
	body  *responseBody
}

// NewResponse returns a response whose header was set. For timeout and flush see [New].
func NewResponse(w http.ResponseWriter, r *http.Request, timeout time.Duration, flush func()) Response {
	body := &responseBody{
		w: w, control: http.NewResponseController(w), clientGone: r.Context().Done(), closed: make(chan struct{}),
	}
	return Response{New(body, timeout, flush), body}
}

// Finish closes the connection, and waits for a write that is in progress. Afterwards
// nothing uses the response any more.
func (r Response) Finish() {
	r.Close()
	r.body.writing.Lock()
	defer r.body.writing.Unlock()
	r.body.deadlines.Lock()
	defer r.body.deadlines.Unlock()
	r.body.finished = true
}

// responseBody is a net.Conn that writes the body of a response. What the client sends is
// not for it: Read only waits.
type responseBody struct {
	net.Conn // nil: the methods below are all that Conn calls

	// immutable
	w          http.ResponseWriter
	control    *http.ResponseController
	clientGone <-chan struct{}
	closed     chan struct{} // closed by Close, never sent to
	closeOnce  sync.Once

	writing  sync.Mutex // held during a write
	isClosed atomic.Bool

	// guarded by deadlines
	deadlines sync.Mutex
	finished  bool // the handler returns, after which the response must not be used
}

// Read waits until the client has left or Close is called.
func (b *responseBody) Read([]byte) (int, error) {
	select {
	case <-b.clientGone:
	case <-b.closed:
	}
	return 0, io.EOF
}

// Write writes p and waits until it is sent.
func (b *responseBody) Write(p []byte) (int, error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	if b.isClosed.Load() {
		return 0, net.ErrClosed
	}
	n, err := b.w.Write(p)
	if err == nil {
		err = b.control.Flush()
	}
	return n, err
}

// Close ends the body. A write that waits fails.
func (b *responseBody) Close() error {
	b.closeOnce.Do(func() {
		b.isClosed.Store(true)
		close(b.closed)
		if b.writing.TryLock() {
			b.writing.Unlock()
			return
		}
		_ = b.SetWriteDeadline(time.Unix(1, 0))
	})
	return nil
}

// SetWriteDeadline implements net.Conn.
func (b *responseBody) SetWriteDeadline(t time.Time) error {
	b.deadlines.Lock()
	defer b.deadlines.Unlock()
	if b.finished || (b.isClosed.Load() && t.IsZero()) {
		return net.ErrClosed
	}
	return b.control.SetWriteDeadline(t)
}
