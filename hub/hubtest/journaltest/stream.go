package journaltest

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Stream makes the appends of a session, each building on the one before. It records
// them for comparison with what is read. It is not safe for concurrent use.
type Stream struct {
	ID      journal.SessionID    // of the session
	Head    journal.Head         // after the last append made
	Records []journal.Record     // of all appends made; a test may clear it to save memory
	Summary journal.Summary      // of the next appends
	Type    string               // of the next events
	Format  journal.RecordFormat // of the next records; zero for the newest
}

// startOfTime is the time of every stream's first event.
var startOfTime = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// NewStream returns a stream for a session without events.
func NewStream(id journal.SessionID) *Stream {
	return &Stream{
		ID:   id,
		Type: "message_posted",
		Head: journal.Head{Hash: journal.ChainStart(id)},
		Summary: journal.Summary{
			Session: id, Kind: journal.KindHost, Workspace: "/w", Status: "active",
			CreatedAt: startOfTime, Resource: json.RawMessage(`{"id":1}`),
		},
	}
}

// NewSession returns a stream for a new session in a partition.
func NewSession(p journal.Partition) *Stream {
	id := journal.NewHostSessionID()
	id[0] = byte(p)
	return NewStream(id)
}

// Fork returns an independent stream that continues from the same event.
func (s *Stream) Fork() *Stream {
	fork := *s
	fork.Records = append([]journal.Record(nil), s.Records...)
	return &fork
}

// Next returns an append of n small events.
func (s *Stream) Next(n int) journal.Append {
	payloads := make([][]byte, n)
	for i := range payloads {
		payloads[i] = fmt.Appendf(nil, `{"n":%d,"text":"a message"}`, int(s.Head.Seq)+i+1)
	}
	return s.Of(payloads...)
}

// About returns an append with an event of a type about each of some participants or
// approvals, given by their ids.
func (s *Stream) About(t protocol.EventType, ids ...string) journal.Append {
	payloads := make([][]byte, len(ids))
	for i, id := range ids {
		payloads[i] = fmt.Appendf(nil, `{"participant":{"id":%q},"approval":{"id":%[1]q},"approvalId":%[1]q}`, id)
	}
	before := s.Type
	s.Type = string(t)
	defer func() { s.Type = before }()
	return s.Of(payloads...)
}

// Of returns an append with an event for each payload.
func (s *Stream) Of(payloads ...[]byte) journal.Append {
	a := journal.Append{Session: s.ID, Prev: s.Head.Seq, Summary: s.Summary, Awaited: []string{"stream"}}
	for _, payload := range payloads {
		r := journal.Record{
			Format:  s.Format,
			Session: s.ID,
			Seq:     s.Head.Seq + 1,
			Time:    startOfTime.Add(time.Duration(s.Head.Seq) * time.Millisecond),
			Type:    s.Type,
			Public:  payload,
			Private: fmt.Appendf(nil, `{"command":%d}`, s.Head.Seq+1),
		}
		r.Seal(s.Head.Hash)
		s.Head = journal.Head{Seq: r.Seq, Hash: r.Hash}
		a.Records = append(a.Records, r)
	}
	s.Records = append(s.Records, a.Records...)
	return a
}
