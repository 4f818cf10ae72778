package feed

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Subscription is one connection's place in a session. It reads the events that
// the client has missed from the journal, at the client's pace, and then passes
// over to live events, without a gap or a duplicate.
//
// A connection pulls with Next, or it sets a [Sink], is woken and calls Take.
// Next, Take and Opening are for one goroutine at a time, Send and Reject for
// another; Close may be called concurrently with everything, more than once.
type Subscription struct {
	// immutable
	feed       *Feed
	session    journal.SessionID
	eventsOnly bool
	readOnly   bool
	cursor     string // the client's

	// set by Room.Join, then immutable
	seat seat

	// owned by the goroutine that calls Next, Take and Opening
	reading reading

	// owned by the fan-out's goroutine
	outbox outbox

	// has a lock of its own
	backlog backlog
}

// seat is what a subscription gets when its session lets it in.
type seat struct {
	actor       Actor
	fanout      *fanout
	participant string // id
	person      string // see [protocol.Participant.Person]
	host        bool
	begin       journal.Head // the newest event at that time
	reader      rules.Projection
}

// SubscribeOptions say what a client subscribes to.
type SubscribeOptions struct {
	Cursor     string // of the last event that the client has seen; empty for none
	EventsOnly bool   // the subscription yields neither a welcome nor hints
	ReadOnly   bool   // the connection counts as one that only reads
}

// Subscribe returns a subscription to a session, which yields nothing until the
// session has let it in by [Room.Join]. The caller closes it.
func (f *Feed) Subscribe(session journal.SessionID, o SubscribeOptions) *Subscription {
	s := &Subscription{feed: f, session: session, eventsOnly: o.EventsOnly, readOnly: o.ReadOnly, cursor: o.Cursor}
	s.reading.past = history.Reader{Journal: f.journal, Session: session}
	s.backlog.init(f.backlogs, f.options.MaxBacklog, !o.EventsOnly)
	return s
}

// ReadOnly reports whether the connection only reads.
func (s *Subscription) ReadOnly() bool { return s.readOnly }

// Participant returns the id of the participant. It may be called once the session has let the
// subscription in.
func (s *Subscription) Participant() string { return s.seat.participant }

// join lets the subscription in, at the newest event of tail. It returns false
// if the client has closed the subscription meanwhile.
func (s *Subscription) join(at seat, tail []*journal.Record) bool {
	s.seat, s.reading.past.Tail, s.reading.past.For = at, tail, at.reader // before backlog.join, after which Close uses the seat
	return s.backlog.join(at.begin.Seq, at.reader)
}

// Push sets the sink. The subscription pushes to it once Take has returned
// nothing.
func (s *Subscription) Push(sink Sink) { s.backlog.setSink(sink) }

// Send submits a command. Next and Take yield its answer in its place among the
// events. Send blocks and fails as [Actor.Submit] does.
func (s *Subscription) Send(ctx context.Context, r protocol.Request) error {
	return s.seat.actor.Submit(ctx, s, r)
}

// Reject answers a request that could not be decoded, after the answers to
// earlier requests. It blocks and fails as [Actor.Reject] does.
func (s *Subscription) Reject(ctx context.Context, requestID string, err *protocol.Error) error {
	return s.seat.actor.Reject(ctx, s, requestID, err)
}

// Answer passes the answer to a request on, or the error, behind everything that
// the room was told before. Only the actor calls it.
func (s *Subscription) Answer(requestID string, a Answer, err error) {
	s.seat.fanout.post(answered{s, answerLine{requestID, a, err}}, itemCost)
}

// Close ends the subscription and drops what it has not yielded.
func (s *Subscription) Close() {
	joined := s.backlog.close()
	if joined {
		s.seat.actor.Leave(s)
	}
}
