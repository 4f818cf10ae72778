package hub

import (
	"context"
	"encoding/json"
	"sync"

	"parley/protocol"
)

// Welcome is the answer to a join or resume.
type Welcome struct {
	protocol.Welcome // without the participants

	people []json.RawMessage // the participants, encoded
}

// Encode returns the welcome as the line that answers a request.
func (w *Welcome) Encode(requestID string) ([]byte, error) { return w.append(nil, requestID) }

func (w *Welcome) append(b []byte, requestID string) ([]byte, error) {
	return protocol.AppendWelcome(b, &protocol.WelcomeMessage{ID: requestID, Payload: w.Welcome}, w.people)
}

// welcomeDraft is a welcome without what has to be read.
type welcomeDraft struct {
	Welcome
	recent int
	at     Head
}

// read adds the recent events.
func (w welcomeDraft) read(r reader, resume string) (*Welcome, error) {
	full := w.Welcome
	full.Resume = resume
	if w.recent == 0 {
		return &full, nil
	}
	from := max(w.at.Seq, Seq(w.recent)) - Seq(w.recent) + 1
	lines, err := r.newest(from, w.at.Seq+1, answerBytes)
	full.Recent = rawEvents(lines)
	return &full, err
}

// welcomes are read, and then written again: they name everybody who ever came.
var welcomes = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptWelcome keeps the memory of a very long one from staying in use.
const maxKeptWelcome = 1 << 20

// welcome makes the line that a connection begins with, and lends it.
func (s *Subscription) welcome(ctx context.Context, requestID string, w welcomeDraft) (Line, error) {
	full, err := w.read(s.past(ctx), s.resume)
	if err != nil {
		return Line{}, err
	}
	s.lent = welcomes.Get().(*[]byte)
	*s.lent, err = full.append((*s.lent)[:0], requestID)
	return Line{Bytes: *s.lent}, err
}

// takeBack takes back what was lent.
func (s *Subscription) takeBack() {
	if s.lent != nil && cap(*s.lent) <= maxKeptWelcome {
		welcomes.Put(s.lent)
	}
	s.lent = nil
}

// welcome is the snapshot for one participant.
func (s *sharedState) welcome(a welcomeFor, at Head) welcomeDraft {
	p, _ := s.People.get(a.participant)
	if a.token {
		p = s.withToken(p)
	}
	w := protocol.Welcome{
		Session:     s.Session,
		Participant: p,
		Approvals:   []protocol.Approval{},
		Permissions: []protocol.Permission{},
		Agent:       s.Agent,
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      protocol.DefaultLimits,
	}
	for _, o := range s.Open {
		w.Approvals = append(w.Approvals, o.Approval)
	}
	for _, q := range s.Permissions {
		w.Permissions = append(w.Permissions, q.Permission)
	}
	return welcomeDraft{Welcome: Welcome{w, s.People.show()}, recent: a.recent, at: at}
}
