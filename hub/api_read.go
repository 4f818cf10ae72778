package hub

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// SharedState is what the original API shows of a session, without its approvals.
type SharedState struct {
	Session      protocol.Session
	Participants iter.Seq2[protocol.Participant, error] // in join order, those who have left included
	Cursor       string
}

// State reads an active session, its participants and its approvals, the newest first.
// Participants and approvals are read from the journal as the caller takes them, while ctx
// lasts. Credentials are checked unless they are nil; then the caller is responsible for
// access. Errors: SESSION_NOT_FOUND, SESSION_INACTIVE, those of credentials,
// JOURNAL_UNAVAILABLE, and ctx's. The sequences yield the last two.
func (h *Hub) State(ctx context.Context, id string, c *Credentials) (*SharedState, iter.Seq2[protocol.Approval, error], error) {
	state, r, err := readAs[lookup.SessionState](ctx, h, id, shared.Read{Sender: c.reading(), Kind: shared.ReadState})
	if err != nil {
		return nil, nil, err
	}
	shown := &SharedState{
		Session:      state.Session,
		Participants: list(ctx, h, 0, state.Participants.Pages(ctx, r)),
		Cursor:       state.Cursor,
	}
	return shown, list(ctx, h, state.Approvals.Until, func(from journal.Seq) ([]protocol.Approval, journal.Seq, error) {
		return state.Approvals.Page(ctx, r, from)
	}), nil
}

// Participants reads the present and former participants of an active session, in join
// order, as [Hub.State] does and with its errors.
func (h *Hub) Participants(ctx context.Context, id string, c *Credentials) (iter.Seq2[protocol.Participant, error], error) {
	all, r, err := readAs[lookup.Participants](ctx, h, id, shared.Read{Sender: c.reading(), Kind: shared.ReadParticipants})
	if err != nil {
		return nil, err
	}
	return list(ctx, h, 0, all.Pages(ctx, r)), nil
}

// Messages reads the messages of an active session, the oldest first, from the journal as
// the caller takes them, while ctx lasts. Errors: as [Hub.State].
func (h *Hub) Messages(ctx context.Context, id string, c *Credentials) (iter.Seq2[protocol.Message, error], error) {
	all, r, err := readAs[lookup.Messages](ctx, h, id, shared.Read{Sender: c.reading(), Kind: shared.ReadMessages})
	if err != nil {
		return nil, err
	}
	return list(ctx, h, 1, func(from journal.Seq) ([]protocol.Message, journal.Seq, error) {
		return all.Page(ctx, r, from)
	}), nil
}

// Queue reads the prompts of an active session that are with the agent or wait for it, for
// a participant. Errors: as [Hub.State].
func (h *Hub) Queue(ctx context.Context, id string, c Credentials) (*protocol.WholeQueueAnswer, error) {
	answer, _, err := readAs[*protocol.WholeQueueAnswer](ctx, h, id, shared.Read{Sender: c.reading(), Kind: shared.ReadQueue})
	return answer, err
}

// Invitation describes the session that an invite is for, also after its end. Errors:
// SESSION_NOT_FOUND, INVALID_INVITE_TOKEN, SESSION_INACTIVE for a wrong invite to a session
// that has ended, JOURNAL_UNAVAILABLE, and ctx's. With guarded, a wrong invite is answered with
// INVALID_INVITE_TOKEN whether or not the session exists.
func (h *Hub) Invitation(ctx context.Context, id, invite string, guarded bool) (*protocol.InvitationAnswer, error) {
	answer, _, err := readAs[*protocol.InvitationAnswer](ctx, h, id, shared.Invitation{Invite: invite, Guarded: guarded})
	return answer, err
}

// Archive reads a page of a session's events: forward from the first event or from
// which.After, or backward from which.Before. Participants who were not removed may read
// it, also after they have left and after the session's end. A page has at most
// which.Limit events and about 1 MiB. Errors: SESSION_NOT_FOUND, those of credentials,
// PARTICIPANT_REMOVED, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) Archive(ctx context.Context, id string, c Credentials, which protocol.History) (*protocol.ArchiveAnswer, error) {
	c.ReadOnly = true
	a, err := h.answer(ctx, id, shared.Archive{Sender: c.sender(), Query: which})
	if err != nil {
		return nil, err
	}
	return a.Payload.(*protocol.ArchiveAnswer), nil
}

// Export reads a page of an export of a session, from the first event or from the one behind
// a cursor. Those who may read the archive may export. Errors: as [Hub.Archive].
func (h *Hub) Export(ctx context.Context, id string, c Credentials, after string) (*protocol.ExportAnswer, error) {
	c.ReadOnly = true
	a, err := h.answer(ctx, id, shared.Archive{Sender: c.sender(), Query: protocol.History{After: after}, Export: true})
	if err != nil {
		return nil, err
	}
	return a.Payload.(*protocol.ExportAnswer), nil
}

// SharedSessions lists shared sessions, the newest first, from the journal as the caller
// takes them, while ctx lasts. Each is an encoded [protocol.Session] without secrets. An
// empty argument matches all sessions. The sequence yields JOURNAL_UNAVAILABLE or ctx's
// error, and ends with it.
func (h *Hub) SharedSessions(ctx context.Context, workspace, hostSession string, status protocol.SessionStatus) iter.Seq2[json.RawMessage, error] {
	f := journal.Filter{Kind: journal.KindShared, Workspace: workspace, Status: string(status)}
	if hostSession != "" {
		host, err := journal.ParseSessionID(hostSession)
		if err != nil {
			return func(func(json.RawMessage, error) bool) {} // no session has such a host session
		}
		f.HostSession = host
	}
	return h.sessions(ctx, f)
}

// sessions yields the resources of the sessions that match, without deleted ones.
func (h *Hub) sessions(ctx context.Context, f journal.Filter) iter.Seq2[json.RawMessage, error] {
	f.Limit = history.PageItems
	return list(ctx, h, journal.Place{}, func(from journal.Place) (page []json.RawMessage, next journal.Place, err error) {
		f := f
		f.Before = from
		summaries, err := h.journal.List(ctx, f)
		for _, s := range summaries {
			if from = (journal.Place{CreatedAt: s.CreatedAt, Session: s.Session}); s.Status != host.StatusDeleted {
				page = append(page, s.Resource)
			}
		}
		return page, from, err
	})
}

// list is [history.List] with errors that clients may see.
func list[P comparable, T any](ctx context.Context, h *Hub, from P, read func(from P) ([]T, P, error)) iter.Seq2[T, error] {
	return history.List(ctx, h.feed.Reads(), from, func(from P) ([]T, P, error) {
		page, next, err := read(from)
		return page, next, history.ClientError(ctx, err)
	})
}

// Audit reads who did what in a session, the oldest first, also after its end, as the caller
// takes the entries, while ctx lasts. The caller is responsible for access: the entries have
// addresses. Errors: SESSION_NOT_FOUND. The sequence yields JOURNAL_UNAVAILABLE and ctx's.
func (h *Hub) Audit(ctx context.Context, id string) (iter.Seq2[protocol.AuditEntry, error], error) {
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return nil, sessionNotFound()
	}
	summary, err := h.journal.Summary(ctx, session)
	if errors.Is(err, journal.ErrNotFound) || err == nil && summary.Kind != journal.KindShared {
		return nil, sessionNotFound()
	}
	if err != nil {
		return nil, history.ClientError(ctx, err)
	}
	var audit lookup.Audit
	return list(ctx, h, 1, func(from journal.Seq) (page []protocol.AuditEntry, next journal.Seq, err error) {
		bytes := 0
		for r, err := range h.journal.Read(ctx, session, from) {
			if err != nil || bytes >= history.PageBytes {
				return page, from, err
			}
			entry, ok, err := audit.Entry(r)
			if err != nil {
				return page, from, err
			}
			if from = r.Seq + 1; ok {
				page = append(page, entry)
			}
			bytes += r.Size()
		}
		return page, from, nil
	}), nil
}

// readAs returns the answer to a read of a shared session, and a reader for what the
// answer leaves to be read.
func readAs[T any](ctx context.Context, h *Hub, id string, body rules.Body) (answer T, r history.Reader, err error) {
	a, err := h.answer(ctx, id, body)
	if err != nil {
		return answer, r, err
	}
	session, err := journal.ParseSessionID(id)
	return a.Payload.(T), history.Reader{Journal: h.journal, Session: session}, err
}

// Caller is what the edge knows of a client, beside the credentials of a participant.
type Caller = rules.Caller

// Identity is who a caller has proved to be.
type Identity = rules.Identity

// Access is a hub as one caller may use it: who the caller is becomes part of what the
// caller creates, and what others have created does not exist for a caller who may not use
// it. It is safe for concurrent use.
type Access struct {
	hub    *Hub
	caller Caller
}

// As returns the hub as a caller may use it.
func (h *Hub) As(c Caller) Access { return Access{h, c} }

// Owner returns the owner of what a caller creates; nil if it is not known who that is.
func (h *Hub) Owner(c Caller) *protocol.Owner { return h.rules.Key.Owner(c) }

// trusted is the caller of the methods of [Hub] itself: this process.
var trusted = rules.Caller{Unrestricted: true}

// HostSession returns a host session that the caller may use. Errors: as [Hub.HostSession].
func (a Access) HostSession(ctx context.Context, id string) (protocol.HostSession, error) {
	session, err := a.hub.HostSession(ctx, id)
	if err == nil && !a.mayUse(session.Owner) {
		return protocol.HostSession{}, hostNotFound()
	}
	return session, err
}

// HostSessions lists the host sessions that the caller may use, as [Hub.HostSessions] does.
func (a Access) HostSessions(ctx context.Context) iter.Seq2[json.RawMessage, error] {
	return a.usable(a.hub.HostSessions(ctx))
}

// SharedSessions lists the shared sessions that the caller may use, as [Hub.SharedSessions]
// does.
func (a Access) SharedSessions(ctx context.Context, workspace, hostSession string, status protocol.SessionStatus) iter.Seq2[json.RawMessage, error] {
	return a.usable(a.hub.SharedSessions(ctx, workspace, hostSession, status))
}

// usable yields the resources of sessions that the caller may use.
func (a Access) usable(all iter.Seq2[json.RawMessage, error]) iter.Seq2[json.RawMessage, error] {
	if a.caller.Unrestricted {
		return all
	}
	return func(yield func(json.RawMessage, error) bool) {
		for resource, err := range all {
			var owned struct {
				Owner *protocol.Owner `json:"owner"`
			}
			if err == nil && (json.Unmarshal(resource, &owned) != nil || !a.mayUse(owned.Owner)) {
				continue
			}
			if !yield(resource, err) {
				return
			}
		}
	}
}

// CheckShared returns SESSION_NOT_FOUND unless the caller may use a shared session, whether it
// is active or not. Further errors: JOURNAL_UNAVAILABLE, and ctx's.
func (a Access) CheckShared(ctx context.Context, id string) error {
	if a.caller.Unrestricted {
		return nil
	}
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return sessionNotFound()
	}
	summary, err := a.hub.journal.Summary(ctx, session)
	if err != nil {
		return a.hub.clientError(err)
	}
	var owned struct {
		Owner *protocol.Owner `json:"owner"`
	}
	if summary.Kind != journal.KindShared || json.Unmarshal(summary.Resource, &owned) != nil || !a.mayUse(owned.Owner) {
		return sessionNotFound()
	}
	return nil
}

func (a Access) mayUse(owner *protocol.Owner) bool { return a.hub.rules.Key.MayUse(a.caller, owner) }

// scope returns a command id that no other person's coincides with.
func (a Access) scope(commandID string) string {
	if commandID == "" || a.caller.Identity.Subject == "" {
		return commandID
	}
	return a.caller.Identity.Subject + "\x00" + commandID
}

// errOthersSessions refuses the sessions that an agent keeps itself: it does not tell who has
// begun which.
var errOthersSessions = protocol.Errorf(protocol.CodeOwnerRequired, "the sessions that an agent keeps can be anybody's, so only those who administer this server can list and adopt them")
