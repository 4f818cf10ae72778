package rulestest

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Session is the state and the journal of one session.
type Session struct {
	// immutable
	ID       journal.SessionID
	Settings *rules.Settings
	kind     journal.Kind

	// changed by the methods
	State      rules.State // replaced by Reload
	Journal    []journal.Record
	snapshot   []byte // nil for none
	snapshotAt int    // how many events the snapshot contains
}

// NewSession returns a session without events.
func NewSession(id journal.SessionID, kind journal.Kind, settings *rules.Settings) *Session {
	s := &Session{ID: id, kind: kind, Settings: settings}
	s.State = s.NewState()
	return s
}

// NewState returns a state of the session's kind without events.
func (s *Session) NewState() rules.State {
	if s.kind == journal.KindHost {
		return host.New(s.ID, s.Settings)
	}
	return shared.New(s.ID, s.Settings)
}

// SharedState returns the state of a shared session.
func (s *Session) SharedState() *shared.State { return s.State.(*shared.State) }

// EncodedState returns the state in the form of a snapshot.
func (s *Session) EncodedState(t require.TestingT) string {
	b, err := json.Marshal(s.State)
	require.NoError(t, err)
	return string(b)
}

// Append commits and applies one event.
func (s *Session) Append(t require.TestingT, e rules.Event, at time.Time) {
	public, private, err := e.Encode()
	require.NoError(t, err)
	r := journal.Record{Session: s.ID, Seq: journal.Seq(len(s.Journal) + 1), Time: at, Type: string(e.Public.EventType()), Public: public, Private: private}
	s.Journal = append(s.Journal, r)
	s.State.Apply(e, rules.Stamp{Seq: r.Seq, At: at, Now: at})
}

// SaveSnapshot saves a snapshot, from which Reload loads the state.
func (s *Session) SaveSnapshot(t require.TestingT) {
	s.snapshot, s.snapshotAt = []byte(s.EncodedState(t)), len(s.Journal)
}

// Reload loads the state from the journal, and from the snapshot if there is one. It checks
// that the state is the same as before.
func (s *Session) Reload(t require.TestingT, now time.Time) {
	want := s.EncodedState(t)
	s.State = s.load(t, nil, 0)
	require.Equal(t, want, s.EncodedState(t), "the state from the journal")
	if s.snapshot != nil {
		s.State = s.load(t, s.snapshot, s.snapshotAt)
		require.Equal(t, want, s.EncodedState(t), "the state from the snapshot and the journal")
	}
	if state, ok := s.State.(*host.State); ok {
		state.SetClock(now)
	}
}

func (s *Session) load(t require.TestingT, snapshot []byte, at int) rules.State {
	state := s.NewState()
	if snapshot != nil {
		require.NoError(t, state.Restore(snapshot))
	}
	for _, r := range s.Journal[at:] {
		e, err := state.Decode(r)
		require.NoError(t, err)
		state.Apply(e, rules.Stamp{Seq: r.Seq, At: r.Time})
	}
	return state
}

// CompleteAnswer completes the answer to a command about a prompt that has ended, as the
// runtime does.
func (s *Session) CompleteAnswer(d rules.Decision) rules.Decision {
	if p, ended := d.Answer.(shared.EndedPrompt); ended {
		_, d.Err = lookup.EndedPromptAnswer{EndedPrompt: p}.Read(context.Background(), s.reader())
	}
	return d
}

// Participant returns a participant of a shared session from the journal; nil for none.
func (s *Session) Participant(t require.TestingT, id string) *protocol.Participant {
	p, err := lookup.Participant(context.Background(), s.reader(), id)
	require.NoError(t, err)
	return p
}

// Approval returns an approval of a shared session from the journal.
func (s *Session) Approval(t require.TestingT, id string) protocol.Approval {
	r := s.reader()
	entry, err := r.Journal.Entry(context.Background(), s.ID, journal.SubjectApproval, id)
	require.NoError(t, err)
	events, err := lookup.ReadEvents(context.Background(), r, shared.ApprovalEvents(entry))
	require.NoError(t, err)
	return shared.ApprovalOf(events[entry.Whole], events[entry.Newest])
}

// Approvals returns the ids of all approvals of a shared session, in the order of creation.
func (s *Session) Approvals() (ids []string) {
	for i := range s.Journal {
		if about, _ := journal.AboutOf(&s.Journal[i]); about.Subject == journal.SubjectApproval && !slices.Contains(ids, about.ID) {
			ids = append(ids, about.ID)
		}
	}
	return ids
}

func (s *Session) reader() history.Reader {
	return history.Reader{Journal: sliceJournal{records: s.Journal}, Session: s.ID}
}
