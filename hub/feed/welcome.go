package feed

import (
	"context"
	"sync"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Welcome is the answer to a join or resume. The session makes it from its
// state; the recent events are read later, by [Welcome.Load].
type Welcome struct {
	protocol.Welcome // without Participants; without Recent and the final Resume until Load

	EncodedParticipants []byte           // the elements of Participants, separated by commas
	MaxRecent           int              // how many recent events the client asked for
	MaxRecentBytes      int              // how many bytes they may have
	Head                journal.Head     // the event that the welcome stands on
	Reader              rules.Projection // what the participant may see
}

// ForHost reports whether the welcome is the host's.
func (w *Welcome) ForHost() bool { return w.Participant.Role == protocol.RoleHost }

// Load reads the recent events, and sets how the client resumes.
func (w *Welcome) Load(ctx context.Context, r history.Reader, resume string) error {
	w.Resume = resume
	if w.MaxRecent == 0 {
		return nil
	}
	from := max(w.Head.Seq, journal.Seq(w.MaxRecent)) - journal.Seq(w.MaxRecent) + 1
	events, err := r.Newest(ctx, from, w.Head.Seq+1, w.MaxRecentBytes)
	if len(events) == 1 && len(events[0].Bytes) > w.MaxRecentBytes {
		events = nil // the client can read it by the command history
	}
	w.Recent = history.RawMessages(history.Merged(events))
	return err
}

// Encode returns the welcome as the line that answers a request.
func (w *Welcome) Encode(requestID string) ([]byte, error) { return w.appendTo(nil, requestID) }

func (w *Welcome) appendTo(b []byte, requestID string) ([]byte, error) {
	return protocol.AppendWelcome(b, requestID, &w.Welcome, w.EncodedParticipants)
}

// welcomeBuffers holds buffers for encoded welcomes, which can be long.
var welcomeBuffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptWelcome is the capacity in bytes up to which a buffer is used again, so
// that a very long welcome does not keep its memory in use.
const maxKeptWelcome = 1 << 20

// welcomeLine is the welcome of a subscription, not encoded yet.
type welcomeLine struct {
	requestID string
	welcome   *Welcome
}

// encode implements [lateLine]. The line is valid until the next Take.
func (l welcomeLine) encode(ctx context.Context, s *Subscription) (Line, error) {
	err := l.welcome.Load(ctx, s.reading.past, s.reading.resume)
	if err != nil {
		return Line{}, err
	}
	lent := welcomeBuffers.Get().(*[]byte)
	s.reading.lent = lent
	*lent, err = l.welcome.appendTo((*lent)[:0], l.requestID)
	return Line{Bytes: *lent}, err
}

// reclaim takes back the buffer of the welcome that the last Take returned.
func (r *reading) reclaim() {
	if r.lent != nil && cap(*r.lent) <= maxKeptWelcome {
		welcomeBuffers.Put(r.lent)
	}
	r.lent = nil
}
