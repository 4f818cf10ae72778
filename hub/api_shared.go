package hub

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// Credentials are what a participant shows.
type Credentials struct {
	ParticipantID string
	Token         string
	ReadOnly      bool // to read alone, which everybody may who took part and was not removed
}

// sender returns the sender of a command that comes with the credentials.
func (c Credentials) sender() sender {
	return sender{ParticipantID: c.ParticipantID, Token: c.Token, ReadOnly: c.ReadOnly}
}

// reading returns the sender of a read; nil when the credentials are not checked.
func (c *Credentials) reading() *sender {
	if c == nil {
		return nil
	}
	return new(c.sender())
}

// Answer is what a command is answered with.
type Answer struct {
	// Payload is an answer type of protocol, as a pointer, for protocol.Marshal;
	// *Welcome for a join or resume, nil for a ping.
	Payload   any
	Duplicate bool // the command was carried out before, under the same id
}

// CreateShared makes a shared session. With a command id, sending the same
// again answers the same. Errors: HOST_SESSION_NOT_FOUND, INVALID_REQUEST (the
// id was used for another session), JOURNAL_UNAVAILABLE.
func (h *Hub) CreateShared(ctx context.Context, c *protocol.CreateSharedSession, commandID string) (*protocol.CreateAnswer, error) {
	host, err := journal.ParseSessionID(c.HostSessionID)
	if err != nil {
		return nil, hostNotFound()
	}
	resource, err := h.HostSession(ctx, c.HostSessionID)
	if err != nil {
		return nil, err
	}
	id := journal.NewSharedSessionID(host)
	if commandID != "" {
		id = h.rules.Key.createdID(host, c.HostUserID, commandID)
	}
	r, err := h.ask(ctx, id, journal.KindShared, true, createShared{
		body:      c,
		commandID: commandID,
		workspace: resource.WorkspaceID,
		agent:     agentOf(resource.Status),
		facts:     resource.Facts,
	})
	if err != nil {
		return nil, err
	}
	return r.payload.(*protocol.CreateAnswer), nil
}

// agentOf is a host session's status without what its turn adds: shared
// sessions are told of turns otherwise.
func agentOf(status protocol.AgentStatus) protocol.AgentStatus {
	switch status {
	case protocol.AgentRunning, protocol.AgentWaiting:
		return protocol.AgentIdle
	}
	return status
}

// Do carries a command out and waits for its answer. For a join or resume the
// credentials are in the command. Errors are of the protocol's catalogue, or
// ctx's.
func (h *Hub) Do(ctx context.Context, id string, c Credentials, r protocol.Request) (Answer, error) {
	return h.answer(ctx, id, command{who: c.sender(), request: r})
}

// JoinOriginal is Do for a join by the original API. With again it is carried out
// as the original does: a join with the invite under the user id of a present
// guest who joined by this API returns that guest's participant, token included.
// It never returns the host's, nor that of a guest who joined otherwise: clients
// of the typed protocol keep their token.
func (h *Hub) JoinOriginal(ctx context.Context, id string, r protocol.Request, again bool) (Answer, error) {
	way := joinOriginal
	if again {
		way = joinAgain
	}
	return h.answer(ctx, id, command{request: r, way: way})
}

// Poll reads events for a participant who asks for them again and again instead of
// keeping a connection, and who counts as present for a while after each time.
// Errors are those of Do.
func (h *Hub) Poll(ctx context.Context, id string, c Credentials, which *protocol.History) (*protocol.HistoryAnswer, error) {
	a, err := h.answer(ctx, id, command{who: c.sender(), request: protocol.Request{Command: which}, polls: true})
	if err != nil {
		return nil, err
	}
	return a.Payload.(*protocol.HistoryAnswer), nil
}

func (h *Hub) answer(ctx context.Context, id string, body any) (Answer, error) {
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return Answer{}, sessionNotFound()
	}
	r, err := h.askShared(ctx, session, body)
	if err != nil {
		return Answer{}, err
	}
	rd := history.Reader{Journal: h.journal, Session: session}
	w, welcomed := r.payload.(*Welcome)
	if _, later := r.payload.(history.Deferred); later || welcomed { // it has to be read from the journal
		slot, err := h.reads.Enter(ctx, welcomed && w.forHost())
		if err != nil {
			return Answer{}, err
		}
		defer slot.Leave()
	}
	switch p := r.payload.(type) {
	case *Welcome:
		_, resume, err := rd.Resume(ctx, cursorOf(body), p.at)
		if err != nil {
			return Answer{}, err
		}
		err = p.read(ctx, rd, resume)
		return Answer{p, r.duplicate}, err
	case pong:
		return Answer{}, nil
	}
	payload, err := rd.Finish(ctx, r.payload)
	return Answer{payload, r.duplicate}, err
}

// cursorOf is the cursor of a resume; empty for anything else.
func cursorOf(body any) string {
	c, _ := body.(command)
	if resume, ok := c.request.Command.(*protocol.Resume); ok {
		return resume.Cursor
	}
	return ""
}

func sessionNotFound() error {
	return protocol.Errorf(protocol.CodeSessionNotFound, "no such session")
}

// Attach carries out a join or resume and subscribes to the session. With
// eventsOnly, for an event stream or a long poll, it yields nothing but
// events, and a host who left is not brought back. After a resume that is for
// reading alone it takes history and ping, and answers READ_ONLY to the rest. Errors: those of join and
// resume, TOO_MANY_PARTICIPANTS.
func (h *Hub) Attach(ctx context.Context, id string, r protocol.Request, eventsOnly bool) (*Subscription, error) {
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return nil, sessionNotFound()
	}
	sub := &Subscription{hub: h, session: session, eventsOnly: eventsOnly, readOnly: isReadOnly(r), sink: make(pull, 1)}
	body := attach{command: command{request: r, stream: eventsOnly}, sub: sub}
	sub.cursor = cursorOf(body.command)
	h.backlogs.enter(sub)
	if _, err := h.askShared(ctx, session, body); err != nil {
		sub.Close() // it may be let in all the same when nobody waits any more
		return nil, err
	}
	return sub, nil
}

// Send hands a command over; its answer comes from Next, in its place among
// the events. It blocks while the session's inbox is full, and a command that names
// a participant until the session has decided.
func (s *Subscription) Send(ctx context.Context, r protocol.Request) error {
	who := sender{ParticipantID: s.who.ID, ReadOnly: s.readOnly, connected: true, departed: s.self}
	c := command{who: who, request: r}
	if mayNameAbsent(r.Command) {
		return s.sendNaming(ctx, r, c)
	}
	return s.hand(ctx, s.input(r, c))
}

// input is one whose answer the subscription yields.
func (s *Subscription) input(r protocol.Request, body any) envelope {
	return envelope{input: input{body: body}, reply: func(res result) { s.fanout.add(answered{s, r, res}, itemCost) }}
}

func (s *Subscription) hand(ctx context.Context, in envelope) error {
	select {
	case s.actor.inbox <- in:
		return nil
	case <-s.actor.done:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reject answers a request that could not be decoded, in its turn. It blocks as
// Send does.
func (s *Subscription) Reject(ctx context.Context, id string, err *protocol.Error) error {
	return s.hand(ctx, s.input(protocol.Request{ID: id}, rejection{err}))
}

// answer makes the line that answers a request.
func (s *Subscription) answer(ctx context.Context, r protocol.Request, res result) (Line, error) {
	payload, err := res.payload, res.err
	if err == nil {
		payload, err = s.reader().Finish(ctx, payload)
	}
	if ctx.Err() != nil {
		return Line{}, ctx.Err()
	}
	b, err := encodeAnswer(r.ID, payload, res.duplicate, err)
	return Line{Bytes: b}, err
}

func encodeAnswer(id string, payload any, duplicate bool, err error) ([]byte, error) {
	if err != nil {
		return protocol.Encode(&protocol.ErrorMessage{ID: id, Error: protocol.AsError(err).Wire()})
	}
	if _, ok := payload.(pong); ok {
		return protocol.Encode(&protocol.PongMessage{ID: id})
	}
	return protocol.EncodeAnswer(id, payload, duplicate)
}
