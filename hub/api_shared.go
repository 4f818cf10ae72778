package hub

import (
	"context"

	"parley/hub/feed"
	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Credentials identify a participant.
type Credentials struct {
	ParticipantID string
	Token         string
	ReadOnly      bool // the caller only reads, which former participants may do who were not removed
	Guarded       bool // whoever sends wrong credentials does not learn whether the session exists
	Caller        Caller
}

// sender returns the sender of a command with these credentials.
func (c Credentials) sender() shared.Sender {
	return shared.Sender{ParticipantID: c.ParticipantID, Token: c.Token, ReadOnly: c.ReadOnly, Guarded: c.Guarded, Caller: c.Caller}
}

// reading returns the sender of a read; nil if the credentials are not checked.
func (c *Credentials) reading() *shared.Sender {
	if c == nil {
		return nil
	}
	return new(c.sender())
}

// CreateShared creates a shared session. A repetition under the same command id returns
// the same answer. Errors: HOST_SESSION_NOT_FOUND, INVALID_REQUEST (the id was used for
// another session), TOO_MANY_SESSIONS, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) CreateShared(ctx context.Context, c *protocol.CreateSharedSession, commandID string) (*protocol.CreateAnswer, error) {
	return h.As(trusted).CreateShared(ctx, c, commandID)
}

// CreateShared is [Hub.CreateShared] for the caller. The host session must be one that the
// caller may use.
func (a Access) CreateShared(ctx context.Context, c *protocol.CreateSharedSession, commandID string) (*protocol.CreateAnswer, error) {
	h := a.hub
	host, err := journal.ParseSessionID(c.HostSessionID)
	if err != nil {
		return nil, hostNotFound()
	}
	resource, err := a.HostSession(ctx, c.HostSessionID)
	if err != nil {
		return nil, err
	}
	id := journal.NewSharedSessionID(host)
	if commandID != "" {
		id = h.rules.Key.CreatedID(host, a.scope(c.HostUserID), commandID)
	}
	done, refusal := h.takeSession(ctx)
	defer done()
	if commandID == "" && refusal != nil {
		return nil, refusal // with an id, the session may exist
	}
	r, err := h.ask(ctx, id, journal.KindShared, true, shared.Create{
		Body:      c,
		Refusal:   refusal,
		CommandID: commandID,
		Workspace: resource.WorkspaceID,
		Agent:     agentOf(resource.Status),
		Facts:     resource.Facts,
		Caller:    a.caller,
	})
	if err != nil {
		return nil, err
	}
	return r.payload.(*protocol.CreateAnswer), nil
}

// takeSession makes room for a shared session, or returns why none can be created. The caller
// calls done in either case.
func (h *Hub) takeSession(ctx context.Context) (done func(), refusal error) {
	done, err := h.quota.Take(ctx)
	switch {
	case err != nil:
		return func() {}, history.ClientError(ctx, err)
	case done == nil:
		full := protocol.Errorf(protocol.CodeTooManySessions,
			"the server has %d active sessions, which is the maximum; close one that is no longer needed", h.options.MaxSessions)
		return func() {}, full.By(protocol.LimitSessions)
	}
	return done, nil
}

// agentOf returns an agent's status without its turn, about which shared sessions learn by
// other messages.
func agentOf(status protocol.AgentStatus) protocol.AgentStatus {
	switch status {
	case protocol.AgentRunning, protocol.AgentWaiting:
		return protocol.AgentIdle
	}
	return status
}

// Do carries out a command and waits for its answer. For a join or resume the credentials
// are in the command, and of c only Guarded counts. Errors: those of the protocol's catalogue, and ctx's.
func (h *Hub) Do(ctx context.Context, id string, c Credentials, r protocol.Request) (feed.Answer, error) {
	command := shared.Command{Sender: c.sender(), Request: r}
	if session, err := journal.ParseSessionID(id); err == nil {
		if command, err = h.withAttachments(ctx, session, command); err != nil {
			return feed.Answer{}, err
		}
	}
	return h.answer(ctx, id, command)
}

// JoinOriginal is [Hub.Do] for a join of the caller by the original API. With again, a join under the
// user id of a present guest who joined by that API returns that guest with the token, as
// the original does. It never returns the host, or a guest of the typed protocol, whose
// clients keep their token.
func (h *Hub) JoinOriginal(ctx context.Context, id string, c Credentials, r protocol.Request, again bool) (feed.Answer, error) {
	way := shared.JoinOriginal
	if again {
		way = shared.JoinOriginalReturning
	}
	return h.answer(ctx, id, shared.Command{Sender: c.sender(), Request: r, JoinAPI: way})
}

// Poll reads events for a participant whose client polls instead of keeping a connection.
// The participant counts as present for a while after each call. Errors: as [Hub.Do].
func (h *Hub) Poll(ctx context.Context, id string, c Credentials, which *protocol.History) (*protocol.HistoryAnswer, error) {
	a, err := h.answer(ctx, id, shared.Command{Sender: c.sender(), Request: protocol.Request{Command: which}, Polling: true})
	if err != nil {
		return nil, err
	}
	return a.Payload.(*protocol.HistoryAnswer), nil
}

// answer sends an input to a shared session, and reads what the answer needs from the
// journal.
func (h *Hub) answer(ctx context.Context, id string, body rules.Body) (feed.Answer, error) {
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return feed.Answer{}, shared.HideSession(body, sessionNotFound())
	}
	r, err := h.askShared(ctx, session, body)
	if err != nil {
		return feed.Answer{}, shared.HideSession(body, err)
	}
	payload, err := h.finishAnswer(ctx, history.Reader{Journal: h.journal, Session: session}, cursorOf(body), r.payload)
	return feed.Answer{Payload: payload, Duplicate: r.duplicate}, err
}

// finishAnswer reads from the journal what an answer still lacks: the recent events of a
// welcome, or a deferred answer.
func (h *Hub) finishAnswer(ctx context.Context, r history.Reader, cursor string, payload any) (any, error) {
	w, welcomed := payload.(*feed.Welcome)
	if _, deferred := payload.(history.Deferred); !deferred && !welcomed {
		return payload, nil
	}
	slot, err := h.feed.Reads().Enter(ctx, welcomed && w.ForHost())
	if err != nil {
		return nil, err
	}
	defer slot.Leave()
	if !welcomed {
		return r.Finish(ctx, payload)
	}
	_, resume, err := r.Resume(ctx, cursor, w.Head)
	if err != nil {
		return nil, err
	}
	return w, w.Load(ctx, r, resume)
}

// cursorOf returns the cursor of a resume; empty for any other command.
func cursorOf(body rules.Body) string {
	c, _ := body.(shared.Command)
	if resume, ok := c.Request.Command.(*protocol.Resume); ok {
		return resume.Cursor
	}
	return ""
}

func sessionNotFound() error {
	return protocol.Errorf(protocol.CodeSessionNotFound, "no such session")
}
