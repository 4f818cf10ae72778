package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"parley/protocol"
)

// Errors that a Journal's calls and commits end in. Use errors.Is.
var (
	// ErrConflict: the append does not stand on the session's newest event.
	ErrConflict = errors.New("journal: not the newest event")
	// ErrFenced: another writer has claimed the partition since.
	ErrFenced = errors.New("journal: partition has a newer owner")
	// ErrFull: there is no room on the disk. It may succeed later.
	ErrFull = errors.New("journal: no room left")
	// ErrUnavailable: the store failed otherwise. It may succeed later, and the
	// write may or may not be there: reading tells.
	ErrUnavailable = errors.New("journal: unavailable")
	// ErrNotFound: there is no such session, or no snapshot of it.
	ErrNotFound = errors.New("journal: not found")
	// ErrClosed: the journal or the writer was closed.
	ErrClosed = errors.New("journal: closed")
)

// DamageError names stored data that is not what was written.
type DamageError struct {
	Session SessionID
	Seq     Seq    // the first event that cannot be trusted
	Place   string // where the engine keeps it, such as "row 17"
	Err     error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("session %s, event %d (%s): %v", e.Session, e.Seq, e.Place, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

// Journal is where events live. Every engine passes the suite in hub/hubtest.
// All methods may be called from several goroutines at once.
type Journal interface {
	// Own claims a partition for writing and fences whoever owned it before.
	Own(ctx context.Context, p Partition) (Writer, error)
	// Read yields a session's committed events from the number from (1 at the
	// least) on, in order and without a hole, until the newest at the time of
	// the call. A *DamageError ends it where the stored data cannot be trusted.
	// An unknown session yields nothing.
	Read(ctx context.Context, id SessionID, from Seq) iter.Seq2[Record, error]
	// Listed returns the numbers of the session's events for which IsListed holds,
	// from the number from on, in order, at most limit of them. The work does not
	// depend on how many others there are.
	Listed(ctx context.Context, id SessionID, from Seq, limit int) ([]Seq, error)
	// Entry returns what the index has of a participant or an approval of a session,
	// by its id; ErrNotFound when no event is about one.
	Entry(ctx context.Context, id SessionID, of Subject, subjectID string) (Entry, error)
	// Entries returns participants or approvals of a session in the order of First, at
	// most limit of them: from the event from on, or with backward from that event
	// back. The work does not depend on how many others there are.
	Entries(ctx context.Context, id SessionID, of Subject, from Seq, backward bool, limit int) ([]Entry, error)
	// Events returns the events of these numbers, in that order; of many or large
	// ones perhaps only the first, one at the least. ErrNotFound when one of them
	// is not there, a *DamageError when it cannot be trusted.
	Events(ctx context.Context, id SessionID, numbers []Seq) ([]Record, error)
	// Head returns the newest committed event; ErrNotFound when there is none.
	Head(ctx context.Context, id SessionID) (Head, error)
	// Snapshot returns the newest snapshot; ErrNotFound when there is none.
	Snapshot(ctx context.Context, id SessionID) (Snapshot, error)
	// Summary returns the session's summary; ErrNotFound when there is none.
	Summary(ctx context.Context, id SessionID) (Summary, error)
	// List returns the summaries that match, newest first. A page costs no more for
	// being far from the first.
	List(ctx context.Context, f Filter) ([]Summary, error)
	// Due returns the sessions whose summary has a Due before the given time,
	// the earliest first, at most limit of them.
	Due(ctx context.Context, before time.Time, limit int) ([]Summary, error)
	// Ready reports whether an append would be taken now: nil, or why not. It
	// looks anew, at most about once a second, and may write to find out. It
	// returns ctx's error when the store does not answer until ctx ends.
	Ready(ctx context.Context) error
	// Close waits for what is being written, then closes the store. Writers
	// that are still open answer ErrClosed from then on.
	Close() error
}

// Writer writes one partition. Its methods do not block; commits of one
// session resolve in the order of their appends. After a failed append every
// later one that builds on it fails with ErrConflict.
type Writer interface {
	// Append writes a.Records durably, all or none, with the summary. It fails
	// with ErrConflict unless the session's newest event is a.Prev (zero for a
	// session's first append).
	Append(a Append) *Commit
	// PutSnapshot replaces the session's snapshot. It is a hint that makes
	// loading faster and may be lost.
	PutSnapshot(s Snapshot) *Commit
	// Release gives the partition up, after all that was appended is resolved.
	Release(ctx context.Context) error
}

// Append is what a session has to write at one time. The writer keeps the
// slices until the commit resolves, and the summary's resource for longer, to
// write it again only when it has changed; the caller must not change them.
type Append struct {
	Session SessionID
	Prev    Seq
	Records []Record // one or more, sealed, numbered from Prev+1
	Summary Summary
	// Awaited names the senders that wait for the commit, such as the participants
	// whose commands the append carries out; none for what an agent says. A name
	// means something within its session alone. It is a hint, by which an engine
	// that writes several appends at once can tell whether more are about to come.
	Awaited []string
}

// Commit is the outcome of a write.
type Commit struct {
	done chan struct{} // closed by Resolve
	err  error         // set before done is closed
}

// NewCommit returns a commit that is not resolved yet.
func NewCommit() *Commit { return &Commit{done: make(chan struct{})} }

// Resolve ends the commit; the engine calls it exactly once. nil means that
// the write is durable.
func (c *Commit) Resolve(err error) {
	c.err = err
	close(c.done)
}

// Done is closed when the outcome is known.
func (c *Commit) Done() <-chan struct{} { return c.done }

// Err waits for the outcome and returns it: nil, ErrConflict, ErrFenced,
// ErrFull, ErrUnavailable or ErrClosed, possibly wrapped.
func (c *Commit) Err() error {
	<-c.done
	return c.err
}

// Snapshot is a session's state at one event, to load it without reading every
// event before.
type Snapshot struct {
	Session SessionID
	Head    Head // the event that it stands on
	Version int  // of the encoding of State; an unknown one is ignored
	State   []byte
}

// Kind tells host sessions and shared sessions apart.
type Kind string

// The two kinds of session.
const (
	KindShared Kind = "shared"
	KindHost   Kind = "host"
)

// Summary is what listing, timers and recovery need to know of a session
// without loading it. It is written with every append.
type Summary struct {
	Session     SessionID
	Kind        Kind
	Workspace   string
	HostSession SessionID // of a shared session; zero for a host session
	Status      string
	CreatedAt   time.Time       // UTC, in whole microseconds
	Due         time.Time       // when the session wants to be woken; zero for never
	Resource    json.RawMessage // the public resource, without any secret
}

// Filter chooses summaries. A zero field matches all.
type Filter struct {
	Kind        Kind
	Workspace   string
	HostSession SessionID
	Status      string
	Before      Place // those that come after it in the list; zero for all
	Limit       int   // 0 for all
}

// Place is that of a session in a list: newest first, and those of the same time in
// descending order of their ids.
type Place struct {
	CreatedAt time.Time
	Session   SessionID
}

// Launcher starts agents. An implementation is safe for concurrent use.
type Launcher interface {
	// Profiles lists what can be started, in the order of the configuration.
	Profiles() []Profile
	// Launch starts an agent and opens a session on it. It blocks until the
	// agent is ready for a prompt, has failed, or ctx ends. What the agent says,
	// before Launch returns too, goes to sink in wire order, one event at a time;
	// sink may block, and the agent is not read further meanwhile. AgentExited
	// is the last event, sent exactly once if Launch returned an Agent and
	// never if it returned an error.
	Launch(ctx context.Context, spec LaunchSpec, sink func(AgentEvent)) (Agent, error)
}

// Profile is an agent that the operator has configured.
type Profile struct {
	Name        string
	Description string
}

// Errors of Launcher.Launch beside what the operating system and the agent
// report.
var (
	// ErrNoProfile: no profile has that name.
	ErrNoProfile = errors.New("no such agent")
	// ErrNoCommand: the profile's command is not there, may not be executed or is
	// no program.
	ErrNoCommand = errors.New("the agent's command cannot be run")
	// ErrNoDir: the profile's working directory is not there or may not be read.
	ErrNoDir = errors.New("the agent's working directory cannot be used")
	// ErrCwdNotAllowed: the profile does not allow the working directory.
	ErrCwdNotAllowed = errors.New("working directory is not allowed for this agent")
	// ErrCannotLoad: the agent did not survive loading the earlier session, or did
	// not end it. It may still be able to begin a new one.
	ErrCannotLoad = errors.New("agent cannot load its earlier session")
	// ErrAuthRequired: nobody is signed in at the agent.
	ErrAuthRequired = errors.New("agent is not signed in")
	// ErrAgentFailed: the agent has ended, has answered with an error or is none,
	// and would do so again.
	ErrAgentFailed = errors.New("agent failed")
)

// LaunchSpec says which agent to start, and how.
type LaunchSpec struct {
	HostSession SessionID // takes the place of the agent's own session id in what it says
	Profile     string
	Cwd         string // absolute; empty for the profile's own
	Load        string // the agent's own id of an earlier session to load, or to replace by a new one if that fails; empty to begin a new one
	MaxEvent    int    // bytes; a longer notification is replaced by one that names its size and SHA-256
}

// Agent is one running agent session. Its methods, but for Stop, hand over to
// the agent's writer and return at once; they are safe for concurrent use and
// do nothing once the agent has exited.
type Agent interface {
	// SessionID is the agent's own id of the session.
	SessionID() string
	// CanLoad reports whether the agent said that it can load the session again
	// in a later process.
	CanLoad() bool
	// LoadError says why the earlier session was not loaded and a new one is open
	// in its place; nil when it was loaded, and when none was asked for.
	LoadError() error
	// Prompt begins a turn; AgentTurnEnded with the same turn ends it. The
	// caller keeps to one turn at a time.
	Prompt(p AgentPrompt)
	// Respond answers a permission request with one of its options, or as
	// cancelled when optionID is empty.
	Respond(requestID, optionID string)
	// Cancel asks the agent to end the running turn.
	Cancel()
	// Stop ends the agent and everything that it started, and waits for that;
	// when ctx ends, it goes on at the harshest step.
	Stop(ctx context.Context) error
}

// AgentPrompt is one approved prompt on its way to an agent.
type AgentPrompt struct {
	Turn string          // the approval's id
	Text string          // exactly what was approved
	Meta json.RawMessage // the request's _meta: who wrote it and who approved it
}

// AgentEvent is what an agent says or what becomes of it: one of the types
// below.
type AgentEvent interface{ agentEvent() }

type (
	// AgentNotification is a notification of the agent, byte for byte but for
	// params.sessionId, which is the host session's id.
	AgentNotification struct {
		Raw      []byte // one JSON object: valid UTF-8, no carriage return or line feed
		Streamed bool   // a piece of a text that comes in many: it may wait a moment, to go on with others
	}
	// AgentUpdated says what is newly known of the agent: the members that are
	// there replace what was known. It comes in its place among what the agent
	// says. Its texts and lists may be as long as the agent made them.
	AgentUpdated struct{ Facts protocol.AgentFacts }
	// AgentPermission is a request for permission that waits for Respond.
	AgentPermission struct {
		RequestID string          // ours, unique
		ToolCall  json.RawMessage // as the agent sent it
		Options   json.RawMessage // as the agent sent them, in its order
		Choices   []AgentOption   // the options, read
	}
	// AgentWithdrawn says that the agent takes a permission request back.
	AgentWithdrawn struct{ RequestID string }
	// AgentTurnEnded is the answer to a Prompt. StopReason is the agent's word;
	// Err is set instead when the agent answered with an error.
	AgentTurnEnded struct {
		Turn       string
		StopReason string
		Err        error
	}
	// AgentProgress says what an agent that starts is doing, in a line for people.
	AgentProgress struct{ Detail string }
	// AgentStrayOutput says that the agent has written lines to its standard
	// output that are no messages. It comes for the first such line after the
	// start and after each Prompt, and then at most once in ten seconds.
	AgentStrayOutput struct{}
	// AgentExited says that the agent is gone. ExitCode is nil when it was
	// ended by a signal or is no process.
	AgentExited struct {
		ExitCode   *int
		StderrTail string // the last of what it wrote there, at most 4 KiB
	}
)

// AgentOption is one option of a permission request. Kind is one of
// allow_once, allow_always, reject_once, reject_always, or a word of the
// agent's own.
type AgentOption struct {
	ID   string `json:"optionId"`
	Kind string `json:"kind"`
}

func (AgentNotification) agentEvent() {}
func (AgentUpdated) agentEvent()      {}
func (AgentPermission) agentEvent()   {}
func (AgentWithdrawn) agentEvent()    {}
func (AgentTurnEnded) agentEvent()    {}
func (AgentProgress) agentEvent()     {}
func (AgentStrayOutput) agentEvent()  {}
func (AgentExited) agentEvent()       {}
