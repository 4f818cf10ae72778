package web

import (
	"encoding/binary"
	"errors"

	"parley/hub/feed"
	"parley/protocol"
)

// begin carries out a command of a connection that is not in a session yet:
// join or resume. A ping is answered too, and gains no time. It returns false
// when the connection is over.
func (k *socket) begin(req protocol.Request, err error) bool {
	if err != nil {
		k.refuse(req.ID, protocol.AsError(err))
		return false
	}
	switch req.Command.(type) {
	case *protocol.Ping:
		if limited, _ := k.limit.take(); limited != nil {
			k.refuse(req.ID, limited)
			return false
		}
		return k.tell(&protocol.PongMessage{ID: req.ID})
	case *protocol.Join, *protocol.Resume:
		return k.attach(req)
	}
	k.refuse(req.ID, protocol.Errorf(protocol.CodeInvalidRequest, "the first command is join or resume"))
	return false
}

// attach brings the connection into the session.
func (k *socket) attach(req protocol.Request) bool {
	k.begun.Store(true)
	var sub *feed.Subscription
	err := k.s.addresses.attempt(k.ctx, k.from, req.Command, func() (err error) {
		sub, err = k.s.hub.Attach(k.ctx, k.session, req, false)
		return err
	})
	if k.ctx.Err() != nil { // the server shuts down, and closes it
		if sub != nil {
			sub.Close()
		}
		return false
	}
	if closed, ok := errors.AsType[*feed.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
		return false
	}
	if err != nil {
		k.refuse(req.ID, k.s.clientError(k.path, err))
		return false
	}
	k.client.identified()
	k.follow(sub)
	k.beat.Reset(k.s.o.Heartbeat)
	return true
}

// fall closes a connection whose subscription has ended, and says why.
func (k *socket) fall(err error) {
	if closed, ok := errors.AsType[*feed.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
	} else if e, ok := asProtocol(err); ok { // the journal could not be read
		k.close(e.Entry().Close, e.Message)
	} else if k.ctx.Err() == nil {
		_ = k.ws.CloseNow() // a write failed: no frame would get through
	}
}

// makeRoom ends a connection that has not joined. It does not wait.
func (k *socket) makeRoom() {
	payload := binary.BigEndian.AppendUint16(nil, protocol.CloseTryAgain)
	k.try(controlFrame(opClose, append(payload, errNoRoom.Message...)))
	_ = k.net.Close()
}

// refuse answers the first command with its error, and closes.
func (k *socket) refuse(id string, e *protocol.Error) {
	if k.tell(&protocol.ErrorMessage{ID: id, Error: e.Wire()}) {
		k.close(e.Entry().Close, e.Message)
	}
}

// tell sends one line while there is no subscription. It returns false when
// the connection is over.
func (k *socket) tell(m protocol.ServerMessage) bool {
	line, err := protocol.Encode(m)
	if err != nil {
		return false
	}
	return k.write(appendMessage(nil, []feed.Line{{Bytes: line}})) == nil
}

// asProtocol returns the error of the catalogue in err's chain, if any.
func asProtocol(err error) (*protocol.Error, bool) { return errors.AsType[*protocol.Error](err) }
