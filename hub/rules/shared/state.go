package shared

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/recap"
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
	People        Participants
	LeftCount     int                      `json:"Left"` // guests who have left and are not in People
	Barred        map[string]Bar           // removed users, by user id; bounded by maxRestricted
	LoweredRoles  map[string]protocol.Role `json:"Roles"` // lower roles that the host has set, by user id; bounded by maxRestricted
	JoinedTyped   map[string]bool          `json:"Typed"` // present guests, by participant id, who joined by the typed protocol
	Deciders      map[string]bool          // present guests, by participant id, who have resolved a proposal or a permission request
	ReservedNames []string                 `json:"Kept"` // keys of the names of deciders who have left; at most maxReservedNames

	// prompts and questions
	Open              []openApproval          // prompts that are not done, in the order of creation
	Queue             []protocol.QueuedPrompt `json:",omitempty"` // those that wait for the agent, in the order in which they run
	Permissions       []openPermission        // in the order of asking
	Elicitations      []openElicitation       `json:",omitempty"` // in the order of asking, including pages that are not finished
	ResolvedQuestions []string                `json:"Settled"`    // ids of the newest resolved questions; at most maxResolvedQuestions
	Answered          []answeredElicitation   `json:",omitempty"` // the newest answers of participants that can be read; at most maxResolvedQuestions

	// the agent, as the host session reports it
	Agent       protocol.AgentStatus
	AgentDetail string     // explains the status
	Asleep      bool       `json:",omitempty"` // the agent has ended because nobody used it
	SilentSince *time.Time // since when the agent has been silent in a turn; nil if it is not
	Facts       protocol.AgentFacts
	OwnTurn     *protocol.AgentTurn            `json:",omitempty"` // what the agent does without a prompt; nil for nothing. Its fields are not changed
	Changes     []rules.OptionChange           `json:",omitempty"` // of options, and signing in, without an outcome; at most rules.MaxChanges
	NeedsSignIn bool                           `json:",omitempty"` // the last prompt failed because nobody is signed in
	RefusedMode *protocol.AgentConfigureFailed `json:",omitempty"` // the restarted agent refuses this mode, and prompts wait; nil for none

	// the conversation with the agent, for an agent that does not remember it
	Recap    recap.Recap `json:",omitzero"`
	Renewals int         `json:",omitempty"` // the number of the agent's newest session without that memory, as reported

	Reviews []reviewMark `json:",omitempty"` // of changed files, the oldest first; bounded by maxReviews and maxReviewBytes

	// commands that were carried out, to recognize a repetition
	Commands recentCommands   // of participants in People
	Departed departedCommands // of guests who have left

	// derived from the above
	resource json.RawMessage  // the encoding of encoded
	encoded  protocol.Session // Session as of the last summary
}

// Bar is the reason for which a user was removed.
type Bar struct {
	Reason string `json:"reason,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler]. Snapshots of earlier versions, which did not
// keep the reason, hold true for each user.
func (b *Bar) UnmarshalJSON(encoded []byte) error {
	if string(encoded) == "true" {
		*b = Bar{}
		return nil
	}
	type plain Bar
	return json.Unmarshal(encoded, (*plain)(b))
}

// openApproval is a prompt that is not done.
type openApproval struct {
	Approval  protocol.Approval
	Author    protocol.Participant // in the newest form, also after leaving
	Approver  protocol.Participant // likewise; zero while the prompt is pending
	Phase     phase
	Cancelled bool // a participant has cancelled it, and the host session has not confirmed that
}

// phase is the progress of a prompt.
type phase string

const (
	phasePending  phase = "pending"  // waits for an approval
	phaseApproved phase = "approved" // sent to the host session
	phaseQueued   phase = "queued"   // waits in the host session's queue
	phaseRunning  phase = "running"  // the agent has it
)

// openPermission is a permission request that waits for an answer.
type openPermission struct {
	rules.PermissionRequest

	// derived from the above
	shortForm json.RawMessage // the tool call in a welcome that does not show the request whole
}

// maxResolvedQuestions is how many resolved questions a late answer can be told apart from
// unknown ones.
const maxResolvedQuestions = 32

// New returns the state of a session without events. The state keeps set.
func New(id journal.SessionID, set *rules.Settings) *State {
	s := &State{settings: set, ID: id, Agent: protocol.AgentStarting}
	s.index()
	return s
}

// index computes the derived fields, after a snapshot was decoded.
func (s *State) index() {
	if s.People.indices == nil {
		s.People = newParticipants(nil)
	}
	for i, p := range s.Permissions {
		s.Permissions[i] = p.withShortForm()
	}
	for i := range s.Elicitations {
		s.Elicitations[i].measure()
	}
	if s.Barred == nil {
		s.Barred = map[string]Bar{}
	}
	if s.Deciders == nil {
		s.Deciders = map[string]bool{}
	}
	if s.JoinedTyped == nil {
		s.JoinedTyped = map[string]bool{}
	}
	if s.LoweredRoles == nil {
		s.LoweredRoles = map[string]protocol.Role{}
	}
	if s.Commands.known == nil {
		s.Commands = newRecentCommands(nil)
	}
	s.Departed.index()
	s.migrateDeparted()
}

// Restore implements [rules.State].
func (s *State) Restore(snapshot []byte) error {
	if err := json.Unmarshal(snapshot, s); err != nil {
		return err
	}
	if len(s.People.all) == 0 {
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
func (s *State) Host() protocol.Participant { return s.People.all[0] }

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
func (s *State) recall(scope string, r protocol.Request) (done completedCommand, ok bool, err error) {
	if r.ID == "" {
		return completedCommand{}, false, nil
	}
	if done, ok = s.Commands.find(scope, r.ID); !ok {
		done, ok = s.Departed.find(scope, r.ID)
	}
	if ok && done.Digest != rules.Digest(r.Command) {
		return completedCommand{}, false, protocol.Errorf(protocol.CodeInvalidRequest, "this command id was used for another command")
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
