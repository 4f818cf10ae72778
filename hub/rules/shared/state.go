package shared

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/recap"
	"parley/hub/rules/shared/commands"
	"parley/hub/rules/shared/masks"
	"parley/hub/rules/shared/people"
	"parley/hub/rules/shared/questions"
	"parley/protocol"
)

// State is the state of a shared session: participants and their rights, prompts that
// are not done, open permission requests, and recent command ids. It implements
// [rules.State] and is for one goroutine at a time. Messages, finished prompts and
// guests who have left are in the journal alone.
//
// The JSON of the exported fields is the snapshot. A field whose JSON has another
// name was renamed after snapshots had been stored.
type State struct {
	settings *rules.Settings // immutable

	ID               journal.SessionID
	Time             time.Time // of the newest event
	Session          protocol.Session
	InviteGeneration int `json:"Invite"` // increases whenever the invite is replaced

	// participants
	People    people.Participants
	LeftCount int `json:"Left"` // guests who have left and are not in People
	people.Restrictions
	JoinedTyped   map[string]bool `json:"Typed"` // present guests, by participant id, who joined by the typed protocol
	Deciders      map[string]bool // present guests, by participant id, who have resolved a proposal or a permission request
	ReservedNames []string        `json:"Kept"` // keys of the names of deciders who have left; at most maxReservedNames

	// prompts and questions
	Open  []openApproval          // prompts that are not done, in the order of creation
	Queue []protocol.QueuedPrompt `json:",omitempty"` // those that wait for the agent, in the order in which they run
	questions.Questions

	// the agent, as the host session reports it
	Agent       protocol.AgentStatus
	AgentDetail string     // explains the status
	Asleep      bool       `json:",omitempty"` // the agent has ended because nobody used it
	SilentSince *time.Time // since when the agent has been silent in a turn; nil if it is not
	Facts       protocol.AgentFacts
	MaskedFacts *protocol.AgentFacts           `json:",omitempty"` // as others than deciders see Facts; nil if there is nothing to mask
	OwnTurn     *protocol.AgentTurn            `json:",omitempty"` // what the agent does without a prompt; nil for nothing. Its fields are not changed
	Changes     []rules.OptionChange           `json:",omitempty"` // of options, and signing in, without an outcome; at most rules.MaxChanges
	Origin      rules.Origin                   `json:",omitzero"`  // of the newest event that follows from a message of an agent on another machine
	NeedsSignIn bool                           `json:",omitempty"` // the last prompt failed because nobody is signed in
	RefusedMode *protocol.AgentConfigureFailed `json:",omitempty"` // the restarted agent refuses this mode, and prompts wait; nil for none

	// the conversation with the agent, for an agent that does not remember it
	Recap    recap.Recap `json:",omitzero"`
	Renewals int         `json:",omitempty"` // the number of the agent's newest session without that memory, as reported

	Masks masks.State `json:",omitzero"` // of the texts that the agent sends in pieces

	Reviews []reviewMark `json:",omitempty"` // of changed files, the oldest first; bounded by maxReviews and maxReviewBytes

	// commands that were carried out, to recognize a repetition
	Commands commands.Recent   // of participants in People
	Departed commands.Departed // of guests who have left

	// derived from the above
	resource json.RawMessage  // the encoding of encoded
	encoded  protocol.Session // Session as of the last summary
}

// openApproval is a prompt that is not done.
type openApproval struct {
	Approval  protocol.Approval
	Author    protocol.Participant // in the newest form, also after leaving
	Approver  protocol.Participant // likewise; zero while the prompt is pending
	Phase     phase
	Cancelled bool               // a participant has cancelled it, and the host session has not confirmed that
	Masked    *protocol.Approval `json:",omitempty"` // as others than deciders see it; nil if there is nothing to mask. Its fields are not changed
}

// approvalFor returns the prompt as a reader sees it. The caller does not change it.
func (o *openApproval) approvalFor(reader rules.Projection) *protocol.Approval {
	if o.Masked == nil || reader.Whole {
		return &o.Approval
	}
	return o.Masked
}

// OpenApprovals returns the prompts that are not done, by id, as a reader sees them.
func (s *State) OpenApprovals(reader rules.Projection) map[string]protocol.Approval {
	open := make(map[string]protocol.Approval, len(s.Open))
	for i := range s.Open {
		open[s.Open[i].Approval.ID] = *s.Open[i].approvalFor(reader)
	}
	return open
}

// phase is the progress of a prompt.
type phase string

const (
	phasePending  phase = "pending"  // waits for an approval
	phaseApproved phase = "approved" // sent to the host session
	phaseQueued   phase = "queued"   // waits in the host session's queue
	phaseRunning  phase = "running"  // the agent has it
)

// New returns the state of a session without events. The state keeps set.
func New(id journal.SessionID, set *rules.Settings) *State {
	s := &State{settings: set, ID: id, Agent: protocol.AgentStarting}
	s.index()
	return s
}

// index computes the derived fields, after a snapshot was decoded.
func (s *State) index() {
	s.People.Index()
	s.Restrictions.Index()
	s.Questions.Index()
	if s.Deciders == nil {
		s.Deciders = map[string]bool{}
	}
	if s.JoinedTyped == nil {
		s.JoinedTyped = map[string]bool{}
	}
	s.Commands.Index()
	s.Departed.Index()
	s.migrateDeparted()
}

// Restore implements [rules.State].
func (s *State) Restore(snapshot []byte) error {
	if err := json.Unmarshal(snapshot, s); err != nil {
		return err
	}
	if len(s.People.All()) == 0 {
		return errors.New("snapshot without participants")
	}
	s.index()
	return nil
}

// Decode implements [rules.State].
func (s *State) Decode(r journal.Record) (rules.Event, error) { return DecodeEvent(r) }

// Active reports whether the session accepts commands: it was created and has not ended.
func (s *State) Active() bool { return s.Session.Status == protocol.StatusActive }

// Host returns the participant who created the session, always the first.
func (s *State) Host() protocol.Participant { return s.People.Host() }

// OpenPrompt returns the prompt with an id that is not done; nil for none.
func (s *State) OpenPrompt(id string) *openApproval {
	for i := range s.Open {
		if s.Open[i].Approval.ID == id {
			return &s.Open[i]
		}
	}
	return nil
}

// InFlight returns the prompts that were sent to the host session and have not
// ended.
func (s *State) InFlight() []openApproval {
	return slices.DeleteFunc(slices.Clone(s.Open), func(o openApproval) bool { return o.Phase == phasePending })
}

// Owes reports whether a prompt is in flight.
func (s *State) Owes() bool {
	return slices.ContainsFunc(s.Open, func(o openApproval) bool { return o.Phase != phasePending })
}

// recall returns a command that was carried out before under the same id. ok is
// false if there is none. The error reports that the id was used for another
// command.
func (s *State) recall(scope string, r protocol.Request) (done commands.Done, ok bool, err error) {
	if r.ID == "" {
		return commands.Done{}, false, nil
	}
	if done, ok = s.Commands.Find(scope, r.ID); !ok {
		done, ok = s.Departed.Find(scope, r.ID)
	}
	if ok && done.Digest != rules.Digest(r.Command) {
		return commands.Done{}, false, protocol.Errorf(protocol.CodeInvalidRequest, "this command id was used for another command")
	}
	return done, ok, nil
}

// Summary implements [rules.State].
func (s *State) Summary() journal.Summary {
	if s.encoded != s.Session {
		s.encoded, s.resource = s.Session, rules.RawJSON(s.Session)
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
	case s.Owes():
		sum.Due = s.Session.CreatedAt // load the session after a crash, to send again what is in flight
	case s.Active() && s.Session.ExpiresAt != nil:
		sum.Due = *s.Session.ExpiresAt
	}
	return sum
}

// PromptBytes implements [rules.State].
func (s *State) PromptBytes() (bytes int) {
	if !s.Active() {
		return 0 // no command can change the prompts, and the session leaves memory soon
	}
	for i := range s.Open {
		a := &s.Open[i].Approval
		bytes += promptSize(*a) + len(deref(a.OriginalPrompt))
	}
	return bytes
}
