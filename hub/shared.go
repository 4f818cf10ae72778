package hub

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// sharedState is what the rules of a shared session need: participants, rights,
// prompts that are not done, the agent's open questions, recent command ids.
// History is not in it, nor are prompts that are done and guests who have left; all
// of these are read from the journal. Its exported fields are the snapshot.
type sharedState struct {
	settings *settings // immutable

	ID          journal.SessionID
	Time        time.Time // of the newest event
	Session     protocol.Session
	Invite      int // generation of the invite
	People      people
	Left        int                      // how many guests have left, and are not in People
	Barred      map[string]bar           // user ids that were removed; see maxRestricted
	Roles       map[string]protocol.Role // restrictions that the host has set, by user id; see maxRestricted
	Typed       map[string]bool          // guests here, by participant id, who joined by the typed protocol
	Deciders    map[string]bool          // those here, by participant id, who have decided on what others proposed or asked
	Kept        []string                 // keys of the names of deciders who have left, at most keptNames of them
	Open        []openApproval           // prompts that are not done, in order of creation
	Permissions []openPermission         // in order of asking
	Settled     []string                 // requests that were answered lately
	Agent       protocol.AgentStatus
	AgentDetail string              // what the status needs to be understood
	SilentSince *time.Time          // in a turn, when the agent last said something, if that is long ago
	Facts       protocol.AgentFacts // what is known of the agent
	Commands    doneCommands        // of those in People
	Departed    departedCommands    // of guests who have left

	// derived from the above
	resource json.RawMessage // encoding of encoded, which Session seldom differs from
	encoded  protocol.Session
}

// bar is why a user was removed.
type bar struct {
	Reason string `json:"reason,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler. Snapshots of before the reason was
// kept have true for each user.
func (b *bar) UnmarshalJSON(encoded []byte) error {
	if string(encoded) == "true" {
		*b = bar{}
		return nil
	}
	type plain bar
	return json.Unmarshal(encoded, (*plain)(b))
}

// openApproval is a prompt that is not done.
type openApproval struct {
	Approval  protocol.Approval
	Author    protocol.Participant // as of now, also one who has left
	Approver  protocol.Participant // the same of the one who approved it; zero while it is pending
	Phase     phase
	Cancelled bool // somebody cancelled it; the host session has still to say so
}

// phase is how far a prompt has come.
type phase string

const (
	phasePending  phase = "pending"  // waits for the host
	phaseApproved phase = "approved" // handed to the host session
	phaseQueued   phase = "queued"   // waits for other turns there
	phaseRunning  phase = "running"  // the agent has it
)

// openPermission is a permission request that waits for an answer.
type openPermission struct {
	question

	// derived from the above
	name json.RawMessage // the tool call as a welcome shows it that is too long
}

// rememberedRequests is how many answered permission requests are told apart
// from unknown ones.
const rememberedRequests = 32

func newSharedState(id journal.SessionID, set *settings) *sharedState {
	s := &sharedState{settings: set, ID: id, Agent: protocol.AgentStarting}
	s.index()
	return s
}

// index rebuilds what is derived, after a snapshot was read.
func (s *sharedState) index() {
	if s.People.places == nil {
		s.People = newPeople(nil)
	}
	for i, p := range s.Permissions {
		s.Permissions[i] = p.named()
	}
	if s.Barred == nil {
		s.Barred = map[string]bar{}
	}
	if s.Deciders == nil {
		s.Deciders = map[string]bool{}
	}
	if s.Typed == nil {
		s.Typed = map[string]bool{}
	}
	if s.Roles == nil {
		s.Roles = map[string]protocol.Role{}
	}
	if s.Commands.known == nil {
		s.Commands = newDoneCommands(nil)
	}
	s.Departed.index()
	s.dropDeparted()
}

// restore implements state.
func (s *sharedState) restore(snapshot []byte) error {
	if err := json.Unmarshal(snapshot, s); err != nil {
		return err
	}
	if len(s.People.all) == 0 {
		return errors.New("snapshot without people")
	}
	s.index()
	return nil
}

// decode implements state.
func (s *sharedState) decode(r journal.Record) (event, error) { return decodeShared(r) }

func (s *sharedState) active() bool { return s.Session.Status == protocol.StatusActive }

// host returns the participant who created the session: always the first.
func (s *sharedState) host() protocol.Participant { return s.People.all[0] }

// open returns a prompt that is not done; nil when there is none of that id.
func (s *sharedState) open(id string) *openApproval {
	for i := range s.Open {
		if s.Open[i].Approval.ID == id {
			return &s.Open[i]
		}
	}
	return nil
}

// inFlight returns the prompts that the host session has or should have.
func (s *sharedState) inFlight() []openApproval {
	return slices.DeleteFunc(slices.Clone(s.Open), func(o openApproval) bool { return o.Phase == phasePending })
}

// owes reports whether a prompt is in flight.
func (s *sharedState) owes() bool {
	return slices.ContainsFunc(s.Open, func(o openApproval) bool { return o.Phase != phasePending })
}

// recall returns what is remembered of a command that was carried out before.
// ok is false if it was not; an error says that the id was used for something
// else.
func (s *sharedState) recall(by string, r protocol.Request) (done commandDone, ok bool, err error) {
	if r.ID == "" {
		return commandDone{}, false, nil
	}
	if done, ok = s.Commands.find(by, r.ID); !ok {
		done, ok = s.Departed.find(by, r.ID)
	}
	if ok && done.Digest != digest(r.Command) {
		return done, false, protocol.Errorf(protocol.CodeInvalidRequest, "this command id was used for another command")
	}
	return done, ok, nil
}

// apply folds one event in. It is total: any event that decide has made, in
// the order in which it made them, can be applied.
func (s *sharedState) apply(e event, at stamp) {
	s.Time = at.at
	s.Departed.expire(at.at)
	if c := e.private.Command; c != nil {
		s.remember(c, e.public, at)
	}
	switch p := e.public.(type) {
	case *protocol.SharedSessionCreated:
		s.Session, s.Invite, s.Agent = p.Session, 1, e.private.Agent
		s.People.put(*e.private.Host)
	case *protocol.SessionUpdated:
		s.Session = p.Session
	case *protocol.SessionClosed:
		s.applyClosed(p, at)
	case *protocol.ParticipantJoined:
		s.noteParticipant(p.Participant)
		if e.private.Typed {
			s.Typed[p.Participant.ID] = true
		}
	case *protocol.ParticipantUpdated:
		s.noteParticipant(p.Participant)
		s.restrict(p.Participant)
	case *protocol.ParticipantLeft:
		s.applyLeft(p)
	case *protocol.InviteRotated:
		s.Invite = e.private.Invite
		s.Commands.forget(func(by string) bool { return strings.HasPrefix(by, joinScope) })
		s.Departed.forgetJoins()
	case *protocol.AgentStatusChanged:
		s.Agent, s.AgentDetail, s.SilentSince = p.Status, p.Detail, p.SilentSince
	case *protocol.AgentUpdated:
		s.Facts.Merge(p.AgentFacts)
	case *protocol.PermissionRequested:
		s.Permissions = append(s.Permissions, openPermission{question: questionOf(p.Permission)}.named())
	case *protocol.PermissionResolved:
		s.dropPermission(p.RequestID)
		s.Settled = keepLast(append(s.Settled, p.RequestID), rememberedRequests)
		if p.Participant != nil {
			s.hasDecided(p.Participant.ID)
		}
	case *protocol.PermissionWithdrawn:
		s.dropPermission(p.RequestID)
	default:
		s.applyPrompt(e.public)
	}
}

func (s *sharedState) applyPrompt(payload protocol.Payload) {
	switch p := payload.(type) {
	case *protocol.PromptPendingApproval:
		s.putApproval(p.Approval, phasePending)
		s.open(p.Approval.ID).Author = p.Participant
	case *protocol.PromptApproved:
		s.putApproval(p.Approval, phaseApproved)
		o := s.open(p.Approval.ID)
		if o.Approver = p.Participant; o.Author.ID == "" {
			o.Author = p.Participant // it needed no approval
		}
		if p.Participant.ID != p.Approval.ParticipantID {
			s.hasDecided(p.Participant.ID)
		}
	case *protocol.PromptRejected:
		s.dropOpen(p.Approval.ID)
		s.hasDecided(p.Participant.ID)
	case *protocol.PromptQueued:
		s.setPhase(p.ApprovalID, phaseQueued)
	case *protocol.PromptDispatchStarted:
		s.setPhase(p.ApprovalID, phaseRunning)
	case *protocol.PromptCancelled:
		if o := s.open(p.ApprovalID); o != nil {
			o.Cancelled = true
		}
	case *protocol.PromptDispatchCompleted:
		s.dropOpen(p.ApprovalID)
	case *protocol.PromptDispatchFailed:
		s.dropOpen(p.ApprovalID)
	}
}

func (s *sharedState) applyClosed(p *protocol.SessionClosed, at stamp) {
	s.Session.Status = p.Status
	s.People.leave(at.at)
	clear(s.Typed)
	s.Permissions = nil
}

// putApproval notes a prompt as an event shows it.
func (s *sharedState) putApproval(a protocol.Approval, p phase) {
	if o := s.open(a.ID); o != nil {
		o.Approval, o.Phase = a, p
		return
	}
	s.Open = append(s.Open, openApproval{Approval: a, Phase: p})
}

func (s *sharedState) setPhase(approvalID string, p phase) {
	if o := s.open(approvalID); o != nil {
		o.Phase = p
	}
}

func (s *sharedState) dropOpen(approvalID string) {
	s.Open = slices.DeleteFunc(s.Open, func(o openApproval) bool { return o.Approval.ID == approvalID })
}

func (s *sharedState) dropPermission(requestID string) {
	s.Permissions = slices.DeleteFunc(s.Permissions, func(p openPermission) bool { return p.RequestID == requestID })
}

// keepLast drops the first of what was appended to. They stay in memory until
// there is no room behind the others, which is cheaper than moving those each
// time.
func keepLast[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }

// summary is what the journal keeps beside the session for listing and timers.
func (s *sharedState) summary() journal.Summary {
	if s.encoded != s.Session {
		s.encoded, s.resource = s.Session, rawJSON(s.Session)
	}
	sum := journal.Summary{
		Session:     s.ID,
		Kind:        journal.KindShared,
		Workspace:   s.Session.WorkspaceID,
		HostSession: hostOf(s.Session),
		Status:      string(s.Session.Status),
		CreatedAt:   s.Session.CreatedAt,
		Resource:    s.resource,
	}
	switch {
	case s.owes():
		sum.Due = s.Session.CreatedAt // owes the host session something: to be woken after a crash
	case s.active() && s.Session.ExpiresAt != nil:
		sum.Due = *s.Session.ExpiresAt
	}
	return sum
}

// promptBytes implements state.
func (s *sharedState) promptBytes() (bytes int) {
	if !s.active() {
		return 0 // no decision is possible any more, and the prompts leave memory with the session
	}
	for i := range s.Open {
		a := &s.Open[i].Approval
		bytes += len(a.Prompt) + len(deref(a.OriginalPrompt))
	}
	return bytes
}
