package hub

import (
	"context"
	"encoding/json"
	"iter"

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

// SharedSessions lists shared sessions, newest first, each a protocol.Session
// without any secret, as the journal keeps it, which is read as they are taken,
// while ctx lasts. An empty argument matches all.
func (h *Hub) SharedSessions(ctx context.Context, workspace, hostSession string, status protocol.SessionStatus) iter.Seq2[json.RawMessage, error] {
	f := journal.Filter{Kind: journal.KindShared, Workspace: workspace, Status: string(status)}
	if hostSession != "" {
		host, err := journal.ParseSessionID(hostSession)
		if err != nil {
			return func(func(json.RawMessage, error) bool) {} // nothing is shared on what is no host session
		}
		f.HostSession = host
	}
	return h.list(ctx, f)
}

// list yields the resources of the sessions that match, but for those that were
// deleted.
func (h *Hub) list(ctx context.Context, f journal.Filter) iter.Seq2[json.RawMessage, error] {
	f.Limit = history.PageItems
	return history.List(ctx, h.reads, journal.Place{}, func(from journal.Place) (page []json.RawMessage, next journal.Place, err error) {
		f := f
		f.Before = from
		summaries, err := h.journal.List(ctx, f)
		for _, s := range summaries {
			if from = (journal.Place{CreatedAt: s.CreatedAt, Session: s.Session}); s.Status != statusDeleted {
				page = append(page, s.Resource)
			}
		}
		return page, from, history.ClientError(ctx, err)
	})
}

// State reads an active session, its participants and its approvals, newest first.
// The last two are read from the journal as they are taken, while ctx lasts. With
// credentials, those are checked; without, the edge answers for who may read. Errors: SESSION_NOT_FOUND,
// SESSION_INACTIVE, those of credentials, JOURNAL_UNAVAILABLE.
func (h *Hub) State(ctx context.Context, id string, c *Credentials) (*SharedState, iter.Seq2[protocol.Approval, error], error) {
	state, r, err := readAs[*SharedState](ctx, h, id, read{c.reading(), readState})
	if err != nil {
		return nil, nil, err
	}
	state.Participants = h.everybody(ctx, state.people, r)
	return state, history.List(ctx, h.reads, state.until, func(from journal.Seq) ([]protocol.Approval, journal.Seq, error) {
		some, next, err := state.approvals(ctx, r, from)
		return some, next, history.ClientError(ctx, err)
	}), nil
}

// Participants reads who takes or took part in an active session, in join order,
// as State does. Errors: as State.
func (h *Hub) Participants(ctx context.Context, id string, c *Credentials) (iter.Seq2[protocol.Participant, error], error) {
	all, r, err := readAs[everybody](ctx, h, id, read{c.reading(), readParticipants})
	if err != nil {
		return nil, err
	}
	return h.everybody(ctx, all, r), nil
}

func (h *Hub) everybody(ctx context.Context, all everybody, r history.Reader) iter.Seq2[protocol.Participant, error] {
	page := all.participants(ctx, r)
	return history.List(ctx, h.reads, 0, func(from journal.Seq) ([]protocol.Participant, journal.Seq, error) {
		some, next, err := page(from)
		return some, next, history.ClientError(ctx, err)
	})
}

// Invitation reads what an invite to a session is for, also when the session has
// ended. Errors: SESSION_NOT_FOUND, INVALID_INVITE_TOKEN, SESSION_INACTIVE for a
// wrong invite to a session that has ended, JOURNAL_UNAVAILABLE.
func (h *Hub) Invitation(ctx context.Context, id, invite string) (*protocol.InvitationAnswer, error) {
	answer, _, err := readAs[*protocol.InvitationAnswer](ctx, h, id, invitation{invite})
	return answer, err
}

// Messages reads what was said in an active session, oldest first, from the
// journal as it is taken, while ctx lasts. Errors: as State.
func (h *Hub) Messages(ctx context.Context, id string, c *Credentials) (iter.Seq2[protocol.Message, error], error) {
	until, r, err := readAs[messagesUntil](ctx, h, id, read{c.reading(), readMessages})
	if err != nil {
		return nil, err
	}
	return history.List(ctx, h.reads, 1, func(from journal.Seq) ([]protocol.Message, journal.Seq, error) {
		some, next, err := until.messages(ctx, r, from)
		return some, next, history.ClientError(ctx, err)
	}), nil
}

// readAs returns the answer to a read, and a reader for the rest of it.
func readAs[T any](ctx context.Context, h *Hub, id string, body any) (answer T, r history.Reader, err error) {
	a, err := h.answer(ctx, id, body)
	if err != nil {
		return answer, r, err
	}
	session, err := journal.ParseSessionID(id)
	return a.Payload.(T), history.Reader{Journal: h.journal, Session: session}, err
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

// Archive reads a page of a session's events, forward from the first event or
// from which.After, or backward from which.Before, for everybody who took part
// and was not removed, also after leaving and after the session's end. A page
// has at most which.Limit events and about 1 MiB. Errors: SESSION_NOT_FOUND,
// those of credentials, PARTICIPANT_REMOVED, JOURNAL_UNAVAILABLE.
func (h *Hub) Archive(ctx context.Context, id string, c Credentials, which protocol.History) (*protocol.ArchiveAnswer, error) {
	c.ReadOnly = true
	a, err := h.answer(ctx, id, archive{c.sender(), which})
	if err != nil {
		return nil, err
	}
	return a.Payload.(*protocol.ArchiveAnswer), nil
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
