package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/protocol"
)

// Agents returns the agents that can be started, and those that could be if they were
// installed.
func (h *Hub) Agents() protocol.AgentsAnswer {
	answer := protocol.AgentsAnswer{Agents: h.launcher.Profiles(), Missing: h.launcher.Missing()}
	if answer.Agents == nil {
		answer.Agents = []protocol.AgentProfile{} // never null
	}
	if answer.Missing == nil {
		answer.Missing = []protocol.MissingAgent{}
	}
	return answer
}

// CreateHost creates a host session, starts its agent and waits until the agent is ready. A
// repetition under the same command id returns the same answer and starts no second agent.
// Errors: AGENT_NOT_FOUND (also if the profile's program does not exist), INVALID_REQUEST
// (the profile does not allow the working directory, the agent does not fork its sessions, or
// the id was used for another agent),
// HOST_SESSION_NOT_FOUND (the session, or the one to fork, was deleted), AGENT_IN_USE (a turn
// runs in the session to fork), TOO_MANY_AGENTS, AGENT_AUTH_REQUIRED,
// AGENT_FAILED, AGENT_UNAVAILABLE, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) CreateHost(ctx context.Context, c *protocol.CreateHostSession, commandID string) (protocol.HostSession, error) {
	return h.As(trusted).CreateHost(ctx, c, commandID)
}

// CreateHost is [Hub.CreateHost] for the caller, who owns the session. A caller who may not
// use what others have created can neither fork the sessions of others nor adopt an agent's
// session, which may be anybody's.
func (a Access) CreateHost(ctx context.Context, c *protocol.CreateHostSession, commandID string) (protocol.HostSession, error) {
	h := a.hub
	commandID = a.scope(commandID)
	create := host.Create{Body: c, CommandID: commandID, Owner: h.rules.Key.Owner(a.caller)}
	var refusal error
	if create.Origin, refusal = a.origin(ctx, c); refusal == nil {
		refusal = h.cannotStart(cmp.Or(c.Agent, create.Origin.Agent), create.Owner)
	}
	if ctx.Err() != nil {
		return protocol.HostSession{}, ctx.Err()
	}
	create.Refusal = refusal
	for _, p := range h.launcher.Profiles() {
		create.Profiles = append(create.Profiles, p.Name)
	}
	if commandID != "" { // the session may exist, although no further agent can be started
		return h.hostAnswer(h.ask(ctx, h.rules.Key.CreatedHostID(commandID), journal.KindHost, true, create))
	}
	if refusal != nil {
		return protocol.HostSession{}, refusal
	}
	return h.hostAnswer(h.ask(ctx, journal.NewHostSessionID(), journal.KindHost, true, create))
}

// origin returns what a host session begins with if it is a fork of another one, or
// continues a session of the agent.
func (a Access) origin(ctx context.Context, c *protocol.CreateHostSession) (origin host.Origin, err error) {
	switch {
	case c.Adopt != "" && !a.caller.Unrestricted:
		return origin, errOthersSessions
	case c.Fork != "":
		if _, err := a.HostSession(ctx, c.Fork); err != nil {
			return origin, err
		}
		return a.hub.originOf(ctx, c.Fork, host.ReadOrigin{})
	case c.Adopt != "":
		if several, err := a.hub.wereSeveralIn(ctx, c.Adopt); err != nil || !several {
			return origin, err
		}
		origin.History = protocol.HistoryWithheld
	}
	return origin, nil
}

// wereSeveralIn reports whether several shared sessions of this server have taken part in a
// session of an agent. The cost is that of reading all host sessions.
func (h *Hub) wereSeveralIn(ctx context.Context, agentSession string) (bool, error) {
	all, err := h.journal.List(ctx, journal.Filter{Kind: journal.KindHost})
	if err != nil {
		return false, history.ClientError(ctx, err)
	}
	took := 0
	for _, s := range all {
		l, err := h.load(ctx, s.Session)
		if _, damaged := errors.AsType[*journal.DamageError](err); damaged {
			continue // which sessions it had is not known
		} else if err != nil {
			return false, history.ClientError(ctx, err)
		}
		state := l.state.(*host.State)
		if state.AgentSession != agentSession {
			continue
		}
		count, err := h.countShared(ctx, s.Session)
		if err != nil {
			return false, err
		}
		if took += count; took > 1 || state.Withheld {
			return true, nil
		}
	}
	return false, nil
}

// originOf returns what a fork of a host session begins with.
func (h *Hub) originOf(ctx context.Context, id string, read host.ReadOrigin) (host.Origin, error) {
	r, err := h.askHost(ctx, id, read)
	if err != nil {
		return host.Origin{}, err
	}
	origin := *r.payload.(*host.Origin)
	if origin.History == protocol.HistoryRepeated {
		session, err := journal.ParseSessionID(id)
		if err != nil {
			return host.Origin{}, hostNotFound()
		}
		if count, err := h.countShared(ctx, session); err != nil {
			return host.Origin{}, err
		} else if count > 1 {
			origin.History = protocol.HistoryWithheld
		}
	}
	return origin, nil
}

// countShared returns how many shared sessions a host session has had, at most 2. The
// participants of one may not read what was written in another, so what the agent remembers
// of several is shown to none.
func (h *Hub) countShared(ctx context.Context, id journal.SessionID) (int, error) {
	shared, err := h.journal.List(ctx, journal.Filter{Kind: journal.KindShared, HostSession: id, Limit: 2})
	return len(shared), history.ClientError(ctx, err)
}

// ForkHistory returns what a shared session on a fork of a host session begins with, also
// while a turn runs. Errors: those of [Hub.CreateHost] with the fork, as far as they are known
// before.
func (h *Hub) ForkHistory(ctx context.Context, id string) (protocol.EarlierHistory, error) {
	origin, err := h.originOf(ctx, id, host.ReadOrigin{Ahead: true})
	return origin.History, err
}

// cannotStart returns why no agent of a profile can be started; nil if one can.
func (h *Hub) cannotStart(profile string, owner *protocol.Owner) error {
	switch {
	case !h.offers(profile):
		return h.agentNotFound(profile)
	}
	return h.noSlot(owner)
}

// offers reports whether an agent of that name can be started.
func (h *Hub) offers(name string) bool {
	return slices.ContainsFunc(h.launcher.Profiles(), func(p protocol.AgentProfile) bool { return p.Name == name })
}

// AgentSessions starts an agent, returns the sessions that it has already, and ends it. cwd
// restricts them to a working directory; empty for all that the profile allows. Errors: as
// [Hub.CreateHost] without those of the journal, and OWNER_REQUIRED
// (the caller may not use what others have created).
func (a Access) AgentSessions(ctx context.Context, agent, cwd string) (protocol.AgentSessionsAnswer, error) {
	h, owner := a.hub, a.hub.rules.Key.Owner(a.caller)
	if !a.caller.Unrestricted {
		return protocol.AgentSessionsAnswer{}, errOthersSessions
	}
	if err := h.cannotStart(agent, owner); err != nil {
		return protocol.AgentSessionsAnswer{}, err
	}
	release, ok := h.agents.Take(ownerID(owner))
	if !ok {
		return protocol.AgentSessionsAnswer{}, h.noSlot(owner)
	}
	defer release()
	found, err := h.launcher.Sessions(ctx, agent, cwd)
	if err != nil && ctx.Err() == nil {
		err = host.StartError(err)
	}
	return found, err
}

// maxDirectoryQuery is the maximum length of a query for directories, in bytes.
const maxDirectoryQuery = 4096

// AgentDirectories lists directories in which an agent may work. query is the beginning of
// an absolute path, or of one below the agent's own directory, or a part of a directory's
// name. Errors: AGENT_NOT_FOUND (also if the agent's own directory does not exist),
// INVALID_REQUEST, AGENT_UNAVAILABLE (the directories could not be read in time), and ctx's.
func (h *Hub) AgentDirectories(ctx context.Context, agent, query string) (found protocol.DirectoriesAnswer, err error) {
	if len(query) > maxDirectoryQuery || strings.ContainsRune(query, 0) || !utf8.ValidString(query) {
		return found, protocol.Errorf(protocol.CodeInvalidRequest, "query is text of at most %d bytes", maxDirectoryQuery)
	}
	if !h.offers(agent) {
		return found, h.agentNotFound(agent)
	}
	found, err = h.launcher.Directories(ctx, agent, query)
	if err != nil && ctx.Err() == nil {
		err = protocol.Errorf(host.StartError(err).Code, "the directories cannot be listed: %v", err)
	}
	return found, err
}

// agentNotFound returns the error for an agent that cannot be started. It says how to
// install an agent that is known.
func (h *Hub) agentNotFound(name string) error {
	for _, m := range h.launcher.Missing() {
		if m.Name == name {
			return protocol.Errorf(protocol.CodeAgentNotFound, "%s is not installed on the server; %s", m.Title, m.HowToInstall())
		}
	}
	return protocol.Errorf(protocol.CodeAgentNotFound, "no agent is called %.40q", name)
}

// shortestWait is how long StartHost waits at least, so that the creation begins.
const shortestWait = 100 * time.Millisecond

// StartHost is [Access.CreateHost] with a bound on how long it waits. If the agent is not ready
// by then, StartHost returns the session with the status starting, and with a detail that
// says what the agent does. A further call under the same command id continues to wait.
func (a Access) StartHost(ctx context.Context, c *protocol.CreateHostSession, commandID string, wait time.Duration) (protocol.HostSession, error) {
	if commandID == "" {
		commandID = uuid.NewString()
	}
	waiting, cancel := context.WithTimeout(ctx, max(wait, shortestWait))
	defer cancel()
	session, err := a.CreateHost(waiting, c, commandID)
	if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return session, err
	}
	session, err = a.hub.HostSession(ctx, a.hub.rules.Key.CreatedHostID(a.scope(commandID)).String())
	if errors.Is(err, hostNotFound()) {
		return session, protocol.Errorf(protocol.CodeAgentUnavailable, "the agent could not be started")
	}
	return session, err
}

// HostSession returns a host session. Errors: HOST_SESSION_NOT_FOUND, JOURNAL_UNAVAILABLE,
// and ctx's.
func (h *Hub) HostSession(ctx context.Context, id string) (protocol.HostSession, error) {
	return h.hostAnswer(h.askHost(ctx, id, host.Read{}))
}

// HostSessions lists the host sessions that were not deleted, the newest first, from the
// journal as the caller takes them, while ctx lasts. Each is an encoded
// [protocol.HostSession]. The sequence yields JOURNAL_UNAVAILABLE or ctx's error, and ends
// with it.
func (h *Hub) HostSessions(ctx context.Context) iter.Seq2[json.RawMessage, error] {
	return h.sessions(ctx, journal.Filter{Kind: journal.KindHost})
}

// CancelHost cancels the running turn, whichever shared session it belongs to. Errors:
// HOST_SESSION_NOT_FOUND, NOTHING_TO_CANCEL, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) CancelHost(ctx context.Context, id string) error {
	return h.As(trusted).CancelHost(ctx, id)
}

// CancelHost is [Hub.CancelHost] for the caller.
func (a Access) CancelHost(ctx context.Context, id string) error {
	if _, err := a.HostSession(ctx, id); err != nil {
		return err
	}
	_, err := a.hub.askHost(ctx, id, host.Cancel{})
	return err
}

// DeleteHost deletes a host session and ends its agent. The shared sessions on it stay open
// for chat, and readable. Errors: HOST_SESSION_NOT_FOUND, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) DeleteHost(ctx context.Context, id string) error {
	return h.As(trusted).DeleteHost(ctx, id)
}

// DeleteHost is [Hub.DeleteHost] for the caller.
func (a Access) DeleteHost(ctx context.Context, id string) error {
	return a.delete(ctx, id, host.Delete{})
}

// DeleteHostAndAgentSession is [Hub.DeleteHost], before which the agent deletes its own
// session. Further errors: AGENT_UNAVAILABLE while the agent does not run, INVALID_REQUEST if
// it does not offer that.
func (a Access) DeleteHostAndAgentSession(ctx context.Context, id string) error {
	return a.delete(ctx, id, host.Delete{AgentSession: true})
}

func (a Access) delete(ctx context.Context, id string, how host.Delete) error {
	if _, err := a.HostSession(ctx, id); err != nil {
		return err
	}
	_, err := a.hub.askHost(ctx, id, how)
	return err
}

// askHost sends an input to a host session and waits for the answer.
func (h *Hub) askHost(ctx context.Context, id string, body rules.Body) (result, error) {
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return result{}, hostNotFound()
	}
	r, err := h.ask(ctx, session, journal.KindHost, false, body)
	if errors.Is(err, &protocol.Error{Code: protocol.CodeSessionNotFound}) {
		return r, hostNotFound()
	}
	return r, err
}

// hostAnswer returns the session that is the answer of a host session.
func (h *Hub) hostAnswer(r result, err error) (protocol.HostSession, error) {
	if err != nil {
		return protocol.HostSession{}, err
	}
	return r.payload.(*protocol.HostSessionAnswer).Session, nil
}

func hostNotFound() error {
	return protocol.Errorf(protocol.CodeHostSessionNotFound, "no such host session")
}

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
