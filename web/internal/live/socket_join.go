package live

import (
	"errors"
	"time"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
	"parley/web/internal/limit"
)

// handleFirst carries out a command of a connection that has not joined: a join or
// resume. A ping is answered, but does not extend the time to join. handleFirst
// returns false when the connection has ended.
func (k *socket) handleFirst(req protocol.Request, err error) bool {
	if err != nil {
		return k.refuse(req.ID, protocol.AsError(err))
	}
	switch req.Command.(type) {
	case *protocol.Ping:
		if limited, _ := k.commands.Take(); limited != nil {
			k.server.options.Hub.Refused(limited.Limit)
			return k.refuse(req.ID, limited)
		}
		return k.writeLine(feed.Answer{}.Encode(req.ID)) // a pong
	case *protocol.Join, *protocol.Resume:
		return k.join(req)
	}
	return k.refuse(req.ID, protocol.Errorf(protocol.CodeInvalidRequest, "the first command must be join or resume"))
}

// join brings the connection into the session by a join or resume.
func (k *socket) join(req protocol.Request) bool {
	k.begun.Store(true)
	resume, _ := req.Command.(*protocol.Resume)
	if resume != nil {
		if slow := k.server.options.Participants.CheckResume(resume, k.caller.Identity.Subject); slow != nil {
			slow.Wait(k.sender.ctx, k.client)
		}
	}
	var sub *feed.Subscription
	err := k.server.options.Addresses.Do(k.sender.ctx, k.remoteAddr, k.client, req.Command, func() (err error) {
		sub, err = k.server.options.Hub.Attach(k.sender.ctx, k.session, req, hub.AttachOptions{Guarded: k.guarded, Caller: k.caller})
		return err
	})
	if k.sender.ctx.Err() != nil { // shutDown closes the connection
		if sub != nil {
			sub.Close()
		}
		return false
	}
	if closed, ok := errors.AsType[*feed.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
		return false
	}
	if slow, ok := errors.AsType[*limit.Slow](err); ok {
		slow.Wait(k.sender.ctx, k.client)
		err = slow.Err
	}
	if err != nil {
		return k.refuse(req.ID, k.server.options.ClientError(k.path, err))
	}
	k.joined = true
	k.commands = k.server.options.Participants.Joined(sub.Participant())
	if resume != nil {
		k.commands = k.server.options.Participants.Of(resume.ParticipantID, resume.ParticipantToken, k.caller.Identity.Subject)
	}
	k.gather(req)
	k.sender.follow(sub)
	k.timer.Reset(k.server.options.Heartbeat)
	return true
}

// gather sets how the connection joins pieces of texts, as its join or resume asks.
func (k *socket) gather(req protocol.Request) {
	var ms *int
	switch c := req.Command.(type) {
	case *protocol.Join:
		ms = c.MaxDelayMS
	case *protocol.Resume:
		ms = c.MaxDelayMS
	}
	if ms != nil {
		k.sender.gather(mergedFormat, time.Duration(*ms)*time.Millisecond)
	}
}

// sendFailed closes a connection whose subscription, or a write to it, has failed.
func (k *socket) sendFailed(err error) {
	if closed, ok := errors.AsType[*feed.Closed](err); ok {
		k.close(closed.Code, closed.Reason)
	} else if e, ok := asProtocol(err); ok { // the journal could not be read
		k.closeWith(e)
	} else if k.sender.ctx.Err() == nil {
		k.ws.Close() // a close frame could not be written either
	}
}

// refuse answers the first command with its error, and closes the connection. It
// returns false.
func (k *socket) refuse(id string, e *protocol.Error) bool {
	if k.writeLine(protocol.EncodeError(id, e)) {
		k.closeWith(e)
	}
	return false
}

// writeLine writes one line, before there is a subscription. It returns false when
// the connection has ended.
func (k *socket) writeLine(line []byte, err error) bool {
	return err == nil && k.ws.Write(appendMessage(nil, []feed.Line{{Bytes: line}})) == nil
}
