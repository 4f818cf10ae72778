package hub

import (
	"context"
	"encoding/json"
	"iter"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/protocol"
)

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

// noSlot returns why an owner can start no further agent now; nil if one can be started.
func (h *Hub) noSlot(owner *protocol.Owner) error {
	all, own := h.agents.Full(ownerID(owner))
	switch {
	case own:
		return host.NoSlotError{Limit: h.options.MaxOwnAgents, Own: true}.Refusal()
	case all:
		return host.NoSlotError{Limit: h.options.MaxAgents}.Refusal()
	}
	return nil
}

// slotsTaken returns the error of a start for an owner that found no slot.
func (h *Hub) slotsTaken(owner string) host.NoSlotError {
	if _, own := h.agents.Full(owner); own {
		return host.NoSlotError{Limit: h.options.MaxOwnAgents, Own: true}
	}
	return host.NoSlotError{Limit: h.options.MaxAgents}
}

func ownerID(owner *protocol.Owner) string {
	if owner == nil {
		return ""
	}
	return owner.ID
}
