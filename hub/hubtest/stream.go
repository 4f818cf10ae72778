package hubtest

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Stream makes appends for one session, each building on the one before. It
// keeps what it has made, to compare with what is read. It is not safe for
// concurrent use.
type Stream struct {
	ID      journal.SessionID
	Head    journal.Head // after the last append that Next made
	Records []journal.Record
	Summary journal.Summary      // goes with every append
	Type    string               // of the events
	Format  journal.RecordFormat // of the records; zero for the newest
}

// startOfTime is the time of every stream's first event.
var startOfTime = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// NewStream begins a stream for a session that has no events.
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

// NewSession begins a stream for a new session in a partition.
func NewSession(p journal.Partition) *Stream {
	id := journal.NewHostSessionID()
	id[0] = byte(p)
	return NewStream(id)
}

// Fork returns a stream that continues from the same event on its own.
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

// About returns an append of one event of a type about each of these participants or
// approvals.
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

// Of returns an append of one event for each payload.
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
