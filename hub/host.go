package hub

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// hostState is the state of a host session: its agent, its turn queue and its
// permission requests. It implements [state]. The JSON of its exported fields is
// the snapshot.
type hostState struct {
	settings *settings // immutable

	ID           journal.SessionID
	Time         time.Time // of the newest event
	Session      protocol.HostSession
	Cwd          string
	Agent        protocol.AgentStatus // starting, idle (which is: up), ending or exited
	Detail       string               // explains the status
	StartedAt    time.Time            // when the newest start began
	Strayed      bool                 // stray output of this process outside of turns was reported
	AgentSession string               // the agent's own id
	CanLoad      bool                 // a new process can load that session
	Worked       bool                 // the agent has had a turn, which a new session would not remember
	LoadError    string               // why that session cannot be loaded; empty if it can or that was not tried
	Deleted      bool
	NeverRan     bool                // it was deleted because its agent could not be started
	Request      string              // the digest of the creation; empty when it had no command id
	FirstFacts   protocol.AgentFacts // when the agent was first ready; kept for a creation with a command id
	Occupied     bool                // a shared session is open on it
	Vacant       instant             // since when the agent is up and no shared session is open; zero otherwise
	LetGo        bool                // the agent was ended because no shared session was open
	Queue        []turn              // waiting turns, in order; at most settings.MaxQueued
	Running      *runningTurn
	Ended        []endedTurn // turns whose end the shared sessions have not confirmed
	Permissions  []askedPermission
}

// runningTurn is the turn that the agent has.
type runningTurn struct {
	Turn        turn
	Since       instant
	Cancelling  string // the failure once it has ended; empty unless it was cancelled
	CancelAt    instant
	Stuck       bool       // it was cancelled and has not ended in time
	SilentSince *time.Time // since when the agent has been silent, as reported; nil if it is not
	Strayed     bool       // stray output of the agent in this turn was reported
}

// endedTurn is the end of a turn.
type endedTurn struct {
	Turn       turn
	StopReason string
	Failure    string
	Code       protocol.Code
}

// askedPermission is a permission request that waits for an answer.
type askedPermission struct {
	Permission question
	At         instant
	Shared     journal.SessionID // the shared session that has it; zero for all that are open
}

// newHostState returns the state of a session without events.
func newHostState(id journal.SessionID, set *settings) *hostState {
	return &hostState{settings: set, ID: id, Agent: protocol.AgentExited}
}

// restore implements [state].
func (s *hostState) restore(snapshot []byte) error {
	if err := json.Unmarshal(snapshot, s); err != nil {
		return err
	}
	if s.Session.ID == "" {
		return errors.New("snapshot without session")
	}
	return nil
}

// decode implements [state].
func (s *hostState) decode(r journal.Record) (event, error) { return decodeEvent(r, decodeHostPayload) }

func (s *hostState) exists() bool { return s.Session.ID != "" && !s.Deleted }

// up reports whether the agent accepts a prompt.
func (s *hostState) up() bool { return s.Agent == protocol.AgentIdle }

// earlier returns the agent's session to load; empty to begin a new one.
func (s *hostState) earlier() string {
	if !s.Worked || !s.CanLoad || s.LoadError != "" {
		return ""
	}
	return s.AgentSession
}

// resource returns the host session as clients see it.
func (s *hostState) resource() protocol.HostSession {
	r := s.Session
	r.Status, r.Detail, r.SilentSince = s.Agent, s.Detail, s.status().SilentSince
	switch {
	case !s.up() || s.Running == nil:
	case s.Running.Stuck:
		r.Status = protocol.AgentUnresponsive
	case len(s.Permissions) > 0:
		r.Status = protocol.AgentWaiting
	default:
		r.Status = protocol.AgentRunning
	}
	return r
}

// apply implements [state].
func (s *hostState) apply(e event, at stamp) {
	s.Time = at.at
	switch p := e.public.(type) {
	case *hostCreated:
		s.Session, s.Cwd, s.Request = p.Session, p.Cwd, p.Request
		s.Deleted, s.NeverRan = false, false // it is made again after a start that failed
	case *hostDeleted:
		s.Deleted, s.NeverRan = true, p.NeverRan
	case *hostAgent:
		s.applyAgent(p, at)
	case *protocol.AgentStrayOutput:
		s.applyStray()
	case *turnQueuedEvent:
		s.Queue = append(s.Queue, p.Turn)
	case *turnBeganEvent:
		if i := s.queued(p.Approval); i >= 0 {
			s.Worked = true
			s.Running = &runningTurn{Turn: s.Queue[i], Since: at.instant()}
			s.Queue = slices.Delete(s.Queue, i, i+1)
		}
	case *turnCancellingEvent:
		s.Running.Cancelling, s.Running.CancelAt = p.Failure, at.instant()
	case *turnStuckEvent:
		s.Running.Stuck = true
	case *turnSilentEvent:
		s.Running.SilentSince = p.Since
	case *turnOverEvent:
		s.applyOver(p)
	case *turnConfirmedEvent:
		s.Ended = slices.DeleteFunc(s.Ended, func(t endedTurn) bool { return t.Turn.Approval == p.Approval })
	case *hostOccupied:
		s.Occupied, s.Vacant = true, instant{}
	case *hostVacated:
		s.Occupied = false
		s.vacate(at)
	case *agentLetGoEvent:
		s.LetGo, s.Vacant = true, instant{}
	case *protocol.AgentUpdated:
		s.Session.Facts.Merge(p.AgentFacts)
	case *protocol.PermissionRequested:
		asked := questionOf(p.Permission)
		s.Permissions = append(s.Permissions, askedPermission{asked, at.instant(), s.turnOf()})
	case *protocol.PermissionResolved:
		s.dropPermission(p.RequestID)
	case *protocol.PermissionWithdrawn:
		s.dropPermission(p.RequestID)
	}
}

func (s *hostState) applyAgent(p *hostAgent, at stamp) {
	if p.Status == protocol.AgentStarting && s.Agent != p.Status {
		s.StartedAt, s.Strayed = at.at, false
	}
	s.Agent, s.Detail = p.Status, p.Detail
	s.Vacant = instant{}
	if p.Status == protocol.AgentStarting {
		s.LetGo = false
	}
	s.vacate(at)
	if p.LoadError != "" {
		s.LoadError = p.LoadError
	}
	if p.Session != "" {
		s.applyReady()
		s.AgentSession, s.CanLoad, s.LoadError = p.Session, p.CanLoad, ""
	}
	if p.Anew {
		s.Worked = false
	}
}

func (s *hostState) applyOver(p *turnOverEvent) {
	t := turn{}
	if s.Running != nil && s.Running.Turn.Approval == p.Approval {
		t, s.Running = s.Running.Turn, nil
	} else if i := s.queued(p.Approval); i >= 0 {
		t = s.Queue[i]
		s.Queue = slices.Delete(s.Queue, i, i+1)
	}
	s.Ended = append(s.Ended, endedTurn{t, p.StopReason, p.Failure, p.Code})
}

// turnOf returns the shared session whose turn is running; zero when none is.
func (s *hostState) turnOf() journal.SessionID {
	if s.Running == nil {
		return journal.SessionID{}
	}
	return s.Running.Turn.Shared
}

// asked returns a permission request that waits for an answer; nil for none.
func (s *hostState) asked(requestID string) *askedPermission {
	for i := range s.Permissions {
		if s.Permissions[i].Permission.RequestID == requestID {
			return &s.Permissions[i]
		}
	}
	return nil
}

// queued returns the index of a turn in the queue, or -1.
func (s *hostState) queued(approval string) int {
	return slices.IndexFunc(s.Queue, func(t turn) bool { return t.Approval == approval })
}

func (s *hostState) dropPermission(requestID string) {
	s.Permissions = slices.DeleteFunc(s.Permissions, func(p askedPermission) bool {
		return p.Permission.RequestID == requestID
	})
}

// statusDeleted is the summary's status of a host session that was deleted.
const statusDeleted = "deleted"

// summary implements [state].
func (s *hostState) summary() journal.Summary {
	r := s.resource()
	sum := journal.Summary{
		Session:   s.ID,
		Kind:      journal.KindHost,
		Workspace: r.WorkspaceID,
		Status:    string(r.Status),
		CreatedAt: r.CreatedAt,
		Resource:  rawJSON(r),
	}
	if s.Deleted {
		sum.Status = statusDeleted
	}
	if s.busy() {
		sum.Due = r.CreatedAt // wake it after a crash
	}
	return sum
}

// busy reports whether the session has an agent, or turns that have not ended or
// whose end was not confirmed.
func (s *hostState) busy() bool {
	return s.Agent != protocol.AgentExited || s.Running != nil || len(s.Queue) > 0 || len(s.Ended) > 0
}

// measure sets the clock's readings in a state that was read from the journal.
func (s *hostState) measure(now time.Time) {
	for i := range s.Permissions {
		s.Permissions[i].At.measure(now)
	}
	if s.Running != nil {
		s.Running.Since.measure(now)
		s.Running.CancelAt.measure(now)
	}
	s.Vacant.measure(now)
}

// due implements [state].
func (s *hostState) due() time.Time {
	var due time.Time
	sooner := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	if at := s.leaveAt(); !at.IsZero() {
		sooner(at)
	}
	for _, p := range s.Permissions {
		sooner(p.At.deadline(s.settings.PermissionTimeout))
	}
	if r := s.Running; r != nil && r.Cancelling != "" && !r.Stuck {
		sooner(r.CancelAt.deadline(s.settings.CancelGrace))
	}
	if r := s.Running; r != nil && r.Cancelling == "" && s.settings.TurnTimeout > 0 {
		sooner(r.Since.deadline(s.settings.TurnTimeout))
	}
	return due
}

// answerer implements [state]. No command of a participant reaches a host session,
// so it has nothing to compute.
func (s *hostState) answerer() func(protocol.Command, event) any {
	return func(protocol.Command, event) any { return struct{}{} }
}

// promptBytes implements [state].
func (s *hostState) promptBytes() (bytes int) {
	for i := range s.Queue {
		bytes += len(s.Queue[i].Prompt)
	}
	for i := range s.Ended {
		bytes += len(s.Ended[i].Turn.Prompt)
	}
	if s.Running != nil {
		bytes += len(s.Running.Turn.Prompt)
	}
	return bytes
}
