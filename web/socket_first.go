package web

import (
	"context"
	"errors"
	"sync"

	"parley/hub"
	"parley/protocol"
)

// first carries out a command of a connection that is not in a session yet:
// join or resume. A ping is answered too, and gains no time. It returns false
// when the connection is over.
func (k *socket) first(ctx context.Context, req protocol.Request, err error, helpers *sync.WaitGroup) bool {
	if err != nil {
		k.refuse(req.ID, protocol.AsError(err))
		return false
	}
	switch req.Command.(type) {
	case *protocol.Ping:
		return k.tell(&protocol.PongMessage{ID: req.ID})
	case *protocol.Join, *protocol.Resume:
		return k.attach(ctx, req, helpers)
	}
	k.refuse(req.ID, protocol.Errorf(protocol.CodeInvalidRequest, "the first command is join or resume"))
	return false
}

// attach brings the connection into the session and starts its writer.
func (k *socket) attach(ctx context.Context, req protocol.Request, helpers *sync.WaitGroup) bool {
	close(k.begun)
	sub, err := k.s.hub.Attach(ctx, k.session, req, false)
	if ctx.Err() != nil { // the watch is closing it
		if sub != nil {
			sub.Close()
		}
		return false
	}
	if closed, ok := errors.AsType[*hub.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
		return false
	}
	if err != nil {
		k.refuse(req.ID, k.s.clientError(k.path, err))
		return false
	}
	k.sub = sub
	helpers.Go(func() { k.write(ctx, sub) })
	return true
}

// write sends what the session has for the connection until either ends, and
// says why it ended.
func (k *socket) write(ctx context.Context, sub *hub.Subscription) {
	err := newPump(k.conn, k.s.o.WriteTimeout).run(ctx, sub)
	if closed, ok := errors.AsType[*hub.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
	} else if e, ok := asProtocol(err); ok { // the journal could not be read
		k.close(e.Entry().Close, e.Message)
	} else if ctx.Err() == nil {
		_ = k.conn.CloseNow() // a write failed: no frame would get through
	}
}

// refuse answers the first command with its error, and closes.
func (k *socket) refuse(id string, e *protocol.Error) {
	if k.tell(&protocol.ErrorMessage{ID: id, Error: e.Wire()}) {
		k.close(e.Entry().Close, e.Message)
	}
}

// tell sends one line while there is no writer. It returns false when the
// connection is over.
func (k *socket) tell(m protocol.ServerMessage) bool {
	line, err := protocol.Encode(m)
	if err != nil {
		return false
	}
	return newPump(k.conn, k.s.o.WriteTimeout).send([]hub.Line{{Bytes: line}}) == nil
}

// asProtocol returns the error of the catalogue in err's chain, if any.
func asProtocol(err error) (*protocol.Error, bool) { return errors.AsType[*protocol.Error](err) }
