package host

import (
	"encoding/json"
	"errors"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host/calls"
	"parley/hub/rules/host/options"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// State is the state of a host session: its agent, its turn queue and its
// questions. It implements [rules.State] and is for one goroutine at a time.
//
// The JSON of the exported fields is the snapshot. A field whose JSON has another
// name was renamed after snapshots had been stored.
type State struct {
	settings *rules.Settings // immutable

	ID      journal.SessionID
	Time    time.Time // of the newest event
	Session protocol.HostSession
	Cwd     string // the agent's working directory; empty for the profile's own

	// the agent and its process
	Agent         protocol.AgentStatus // starting, idle (ready for a prompt), ending or exited
	Detail        string               // explains the status
	StartedAt     time.Time            // when the newest start began
	Run           uint64               `json:",omitempty"` // counts the starts of the agent
	StrayReported bool                 `json:"Strayed"`    // stray output of this process outside of turns was reported
	AgentSession  string               // the agent's own session id
	CanLoad       bool                 // a new process can load AgentSession
	HadTurn       bool                 `json:"Worked"` // the agent has had a turn, which a new session would not remember
	LoadError     string               // why AgentSession cannot be loaded; empty if it can, or if that was not tried

	// an adopted session of the agent, or one that it has forked
	Forks     string `json:",omitempty"` // the id of the session to fork; empty for none
	Adopted   string `json:",omitempty"` // its id; empty if the session was a new one
	Withheld  bool   `json:",omitempty"` // shared sessions do not receive its history
	Replayed  bool   `json:",omitempty"` // shared sessions have received its history, or learnt that they do not
	Replaying bool   `json:",omitempty"` // the agent that starts or runs repeats its history

	// restarts on request
	Restart    string `json:",omitempty"` // the id of the newest; empty for none
	StartAgain bool   `json:",omitempty"` // the agent is ending, and is to be started again
	NewProfile bool   `json:",omitempty"` // another agent takes the place of this one, and has not been ready yet

	// the memory of the agent's session
	Renewals    int                   `json:",omitempty"` // how many times it was replaced by a new one after it had had a turn
	Renewed     protocol.AgentSession `json:",omitzero"`  // the report of the newest renewal
	Recapped    []journal.SessionID   `json:",omitempty"` // shared sessions with a turn in it, if Renewals is not zero; at most maxRecapped
	RecapWanted string                `json:",omitempty"` // the approval of the next turn, which waits for its recap; empty for none

	// the creation of the session, and its end
	Deleted    bool
	NeverRan   bool                // it was deleted because its agent could not be started
	Request    string              // the digest of the creation; empty if it had no command id
	FirstFacts protocol.AgentFacts // the facts when the agent was first ready; kept for a creation with a command id

	// the shared sessions
	Occupied    bool          // at least one shared session is open
	IdleSince   rules.Instant `json:"Vacant"` // since when the agent is ready and no shared session is open; zero otherwise
	StoppedIdle bool          `json:"LetGo"`  // the agent was stopped because no shared session was open

	// sleep
	IdleTimeout time.Duration `json:",omitempty"` // without use, after which the agent is put to sleep; 0 for never
	UsedAt      rules.Instant `json:",omitzero"`  // when the agent became ready or was used last
	Asleep      bool          `json:",omitempty"` // the agent is ending or has ended because nobody used it

	// the connector, if there is one
	Seat       rules.ConnectorSeat `json:",omitzero"` // the newest process that was connected
	DetachedAt rules.Instant       `json:",omitzero"` // when it lost its connection; zero unless it has none
	Origin     rules.Origin        `json:",omitzero"` // of the newest event that follows from a message of the agent; the open shared sessions have everything before it

	// an agent that outlives the server
	Memory    json.RawMessage `json:",omitempty"` // what the agent's side knew of the agent when it was ready; nil for any other agent
	Progress  json.RawMessage `json:",omitempty"` // what it knew last of the agent's work
	Suspended bool            `json:",omitempty"` // the server was restarted, and the connector has not returned since
	Outgoing  calls.Outgoing  `json:",omitzero"`

	// turns, of which at most settings.MaxQueued wait, questions and options
	turns.Turns
	Questions []openQuestion `json:"Permissions"` // in the order of asking; the agent's side bounds their number and bytes
	options.Options
}

// openQuestion is a question that waits for an answer, or for a page to be finished.
type openQuestion struct {
	rules.Question
	RequestedAt rules.Instant     `json:"At"`
	Shared      journal.SessionID // the shared session that has it; zero for all that are open

	RPC  string `json:",omitempty"` // the agent's JSON-RPC id; empty unless the agent outlives the server
	Page string `json:",omitempty"` // the agent's id of an elicitation in URL mode, with RPC
}

// New returns the state of a session without events. The state keeps set.
func New(id journal.SessionID, set *rules.Settings) *State {
	return &State{settings: set, ID: id, Agent: protocol.AgentExited}
}

// Restore implements [rules.State].
func (s *State) Restore(snapshot []byte) error {
	if err := json.Unmarshal(snapshot, s); err != nil {
		return err
	}
	if s.Session.ID == "" {
		return errors.New("snapshot without session")
	}
	return nil
}

// Decode implements [rules.State].
func (s *State) Decode(r journal.Record) (rules.Event, error) {
	return rules.DecodeEvent(r, decodePayload)
}

// exists reports whether the session was created and not deleted.
func (s *State) exists() bool { return s.Session.ID != "" && !s.Deleted }

// up reports whether the agent is ready for a prompt, or works on one.
func (s *State) up() bool { return s.Agent == protocol.AgentIdle }

// earlierSession returns the agent's session to load; empty to begin a new one.
func (s *State) earlierSession() string {
	if s.AgentSession == "" {
		return s.Adopted
	}
	if !s.HadTurn || !s.CanLoad || s.LoadError != "" {
		return ""
	}
	return s.AgentSession
}

// resource returns the host session in the form that clients receive.
func (s *State) resource() protocol.HostSession {
	r := s.Session
	r.Status, r.Detail, r.SilentSince = s.Agent, s.Detail, s.status().SilentSince
	switch {
	case !s.up() || s.Running == nil:
	case s.Running.Unresponsive:
		r.Status = protocol.AgentUnresponsive
	case len(s.Questions) > 0:
		r.Status = protocol.AgentWaiting
	default:
		r.Status = protocol.AgentRunning
	}
	return r
}

// OpenQuestion returns the open question with an id; nil for none.
func (s *State) OpenQuestion(requestID string) *openQuestion {
	for i := range s.Questions {
		if s.Questions[i].ID() == requestID {
			return &s.Questions[i]
		}
	}
	return nil
}

// askedIn returns the shared session that has the agent's questions: the one whose turn is
// running, or whose turn an agent starts for. It is zero for all that are open.
func (s *State) askedIn() journal.SessionID {
	if s.Running == nil && s.Agent == protocol.AgentStarting && len(s.Queue) > 0 {
		return s.Queue[0].Shared
	}
	return s.RunningIn()
}

// StatusDeleted is the summary's status of a host session that was deleted.
const StatusDeleted = "deleted"

// Summary implements [rules.State].
func (s *State) Summary() journal.Summary {
	r := s.resource()
	sum := journal.Summary{
		Session:   s.ID,
		Kind:      journal.KindHost,
		Workspace: r.WorkspaceID,
		Status:    string(r.Status),
		CreatedAt: r.CreatedAt,
		Resource:  rules.RawJSON(r),
	}
	if s.Deleted {
		sum.Status = StatusDeleted
	}
	if s.Busy() {
		sum.Due = r.CreatedAt // load the session after a crash
	}
	return sum
}

// Busy reports whether the session has an agent, a connector with a connection, or turns
// whose end the shared sessions have not confirmed.
func (s *State) Busy() bool {
	return s.isAttached() || s.Agent != protocol.AgentExited || s.Turns.Any()
}

// SetClock sets the clock's readings of the instants in a state that was read from the
// journal. now is the clock's reading.
func (s *State) SetClock(now time.Time) {
	s.Turns.SetClock(now)
	for i := range s.Questions {
		s.Questions[i].RequestedAt.SetClock(now)
	}
	s.Options.SetClock(now)
	s.IdleSince.SetClock(now)
	s.UsedAt.SetClock(now)
	s.DetachedAt.SetClock(now)
}

// Due implements [rules.State].
func (s *State) Due() time.Time {
	var due time.Time
	sooner := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	if at := s.idleDeadline(); !at.IsZero() {
		sooner(at)
	}
	for _, at := range []time.Time{s.sleepDeadline(), s.detachDeadline()} {
		if !at.IsZero() {
			sooner(at)
		}
	}
	if at := s.Options.Due(); !at.IsZero() {
		sooner(at)
	}
	for _, p := range s.Questions {
		sooner(p.RequestedAt.Deadline(s.settings.PermissionTimeout))
	}
	if r := s.Running; r != nil && r.Cancelling != "" && !r.Unresponsive {
		sooner(r.CancelAt.Deadline(s.settings.CancelGrace))
	}
	if r := s.Running; r != nil && r.Cancelling == "" && s.settings.TurnTimeout > 0 {
		sooner(r.Since.Deadline(s.settings.TurnTimeout))
	}
	return due
}

// Answerer implements [rules.State]. A participant's command never reaches a host session,
// so there is nothing to compute.
func (s *State) Answerer() func(protocol.Command, rules.Event) any {
	return func(protocol.Command, rules.Event) any { return struct{}{} }
}

// PromptBytes implements [rules.State].
func (s *State) PromptBytes() int { return s.Turns.PromptBytes() }
