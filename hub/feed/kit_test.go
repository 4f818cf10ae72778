package feed

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// fixture is a room and its journal. The test's goroutine takes the actor's place.
type fixture struct {
	t *testing.T
	journal.Journal

	feed    *Feed
	room    *Room
	people  []protocol.Participant
	ended   bool
	records []journal.Record
	head    journal.Head
	reads   int         // how often the journal was read
	from    journal.Seq // the first event that those see who join from now on
}

var fixtureID = journal.SessionID{1}

func newFixture(t *testing.T, o Options) *fixture {
	o.MaxConnections = cmp.Or(o.MaxConnections, 100)
	o.MaxOwnConnections = cmp.Or(o.MaxOwnConnections, 10)
	o.MaxBacklog = cmp.Or(o.MaxBacklog, 1<<20)
	o.MaxBacklogs = cmp.Or(o.MaxBacklogs, 256<<20)
	s := &fixture{t: t, head: journal.Head{Hash: journal.ChainStart(fixtureID)}}
	s.feed = New(s, o)
	s.room = s.feed.NewRoom(s)
	t.Cleanup(func() { s.room.Stop(Closed{Code: protocol.CloseGoingAway, Reason: "stopped"}) })
	return s
}

// Active implements [Session].
func (s *fixture) Active() bool { return !s.ended }

// Participants implements [Session].
func (s *fixture) Participants() []protocol.Participant { return s.people }

// IsPresent implements [Session].
func (s *fixture) IsPresent(id string) bool {
	for _, p := range s.people {
		if p.ID == id {
			return p.LeftAt == nil
		}
	}
	return false
}

// Read implements [journal.Journal].
func (s *fixture) Read(_ context.Context, _ journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	s.reads++
	return func(yield func(journal.Record, error) bool) {
		for _, r := range s.records[from-1:] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// commit appends an event with so many bytes to the journal, and passes it to the room.
func (s *fixture) commit(bytes int) {
	s.append(bytes)
	s.room.Committed(&s.records[len(s.records)-1])
}

// append appends an event to the journal, and does not pass it to the room.
func (s *fixture) append(bytes int) { s.appendMasked(`"`+strings.Repeat("x", bytes)+`"`, "") }

// appendMasked appends an event that guests receive with another payload, unless that is
// empty.
func (s *fixture) appendMasked(payload, masked string) {
	r := journal.Record{Session: fixtureID, Seq: s.head.Seq + 1, Type: string(protocol.EventAgentSlowed), Public: []byte(payload)}
	if masked != "" {
		r.Private = []byte(`{"mask":{"payload":` + masked + `,"hides":true}}`)
	}
	r.Seal(s.head.Hash)
	s.head = journal.Head{Seq: r.Seq, Hash: r.Hash}
	s.records = append(s.records, r)
}

// cursor returns the cursor of an event.
func (s *fixture) cursor(seq journal.Seq) string {
	return protocol.NewCursor(uint64(seq), s.records[seq-1].Hash).String()
}

// invite adds a participant.
func (s *fixture) invite(id string, role protocol.Role) {
	s.people = append(s.people, protocol.Participant{ID: id, UserID: "user of " + id, Role: role})
}

// client is one connection, and the actor of its subscription.
type client struct {
	*fixture
	sub    *Subscription
	closed int                // how often Leave was called
	sent   []protocol.Request // by Submit
}

// Submit implements [Actor].
func (c *client) Submit(_ context.Context, _ *Subscription, r protocol.Request) error {
	c.sent = append(c.sent, r)
	return nil
}

// Reject implements [Actor].
func (c *client) Reject(_ context.Context, s *Subscription, id string, err *protocol.Error) error {
	s.Answer(id, Answer{}, err)
	return nil
}

// Leave implements [Actor].
func (c *client) Leave(s *Subscription) {
	c.closed++
	c.room.Leave(s)
}

// tryJoin connects a participant, and adds the participant if there is none with that id.
func (s *fixture) tryJoin(id string, o SubscribeOptions) (*client, error) {
	if !s.IsPresent(id) {
		s.invite(id, protocol.RoleCollaborator)
	}
	w := &Welcome{Head: s.head}
	w.ReadOnly = o.ReadOnly
	for _, p := range s.people {
		if p.ID == id {
			w.Participant = p
			w.Reader = rules.Projection{Participant: p.ID, Role: p.Role, Whole: p.Role == protocol.RoleHost, From: s.from}
		}
	}
	c := &client{fixture: s, sub: s.feed.Subscribe(fixtureID, o)}
	return c, s.room.Join(c.sub, c, "join", w)
}

func (s *fixture) join(id string) *client { return s.joinWith(id, SubscribeOptions{}) }

func (s *fixture) joinWith(id string, o SubscribeOptions) *client {
	c, err := s.tryJoin(id, o)
	require.NoError(s.t, err)
	return c
}

// takeAll takes all lines, and returns them and why the subscription has ended; nil if it
// has not.
func (c *client) takeAll() (all []Line, closed *Closed) {
	c.t.Helper()
	synctest.Wait()
	for {
		lines, err := c.sub.Take(c.t.Context())
		if err != nil {
			require.ErrorAs(c.t, err, &closed)
			return all, closed
		}
		if len(lines) == 0 {
			return all, nil
		}
		all = append(all, lines...)
	}
}

// shown takes all lines and describes them; see describe.
func (c *client) shown() []string {
	c.t.Helper()
	lines, closed := c.takeAll()
	all := []string{}
	for _, l := range lines {
		all = append(all, describe(c.t, l))
	}
	if closed != nil {
		all = append(all, fmt.Sprint("closed ", closed.Code))
	}
	return all
}

// describe returns the number of an event, and the type of any other line.
func describe(t *testing.T, l Line) string {
	t.Helper()
	if l.seq > 0 {
		return fmt.Sprint(l.seq)
	}
	m, err := protocol.DecodeServer(l.Bytes)
	require.NoError(t, err)
	switch m := m.(type) {
	case *protocol.WelcomeMessage:
		return "welcome"
	case *protocol.OKMessage:
		return "ok " + m.ID
	case *protocol.ErrorMessage:
		return "error " + m.ID
	case *protocol.PongMessage:
		return "pong " + m.ID
	case *protocol.TypingMessage:
		return fmt.Sprint("typing ", m.Payload.ParticipantID, " ", m.Payload.Active)
	case *protocol.PresenceMessage:
		return fmt.Sprint("presence ", m.Payload.Joined, " ", m.Payload.Left)
	}
	return fmt.Sprintf("%T", m)
}

// pass lets the clock of the bubble advance.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// wakeRoom has the room do what is due.
func (s *fixture) wakeRoom() { s.room.Wake(time.Now()) }
