package journal

import (
	"encoding/json"
	"time"
)

// Snapshot is a session's state after one event, so that loading the session need
// not read the events before.
type Snapshot struct {
	Session SessionID // the session of the state
	Head    Head      // the event that the snapshot stands on
	Version int       // of the encoding of State; a snapshot of an unknown version is ignored
	State   []byte    // opaque to the journal
}

// Kind distinguishes shared sessions from host sessions.
type Kind string

// The kinds of sessions.
const (
	KindShared Kind = "shared" // a shared session
	KindHost   Kind = "host"   // a host session
)

// Summary is what lists, timers and recovery need to know of a session without
// loading it. It is written with every append.
type Summary struct {
	Session     SessionID       // the summarized session
	Kind        Kind            // of the session
	Workspace   string          // the working directory that the session belongs to; may be empty
	HostSession SessionID       // of a shared session; zero for a host session
	Status      string          // opaque to the journal
	CreatedAt   time.Time       // UTC, in whole microseconds
	Due         time.Time       // when to wake the session, in whole microseconds; zero for never
	Resource    json.RawMessage // the public resource, without secrets
}

// Filter selects summaries for [Journal.List]. Zero fields match all.
type Filter struct {
	Kind        Kind      // only sessions of this kind
	Workspace   string    // only sessions with this workspace
	HostSession SessionID // only shared sessions on this host session
	Status      string    // only sessions with this status
	Before      Place     // only summaries behind this place in the list
	Limit       int       // maximum number of summaries; 0 for no limit
}

// Place is the place of a session in a list; see [Journal.List].
type Place struct {
	CreatedAt time.Time // Summary.CreatedAt
	Session   SessionID // Summary.Session
}
