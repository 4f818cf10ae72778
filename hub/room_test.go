package hub_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// room is a hub with one shared session.
type room struct {
	t       *testing.T
	hub     *hub.Hub
	options hub.Options
	journal journal.Journal
	agents  *hubtest.Agents // nil where another launcher is used
	agent   *hubtest.Agent  // the one that runs
	session protocol.Session
	id      string
	host    *person
	invite  string
	owner   protocol.Resume // how the host comes back
}

// newRoom makes a room whose agent does what the test says, on a journal in
// memory that can be made to fail.
func newRoom(t *testing.T, o hub.Options) (*room, *hubtest.FaultyJournal) {
	t.Helper()
	j := newJournal()
	return newRoomOn(t, j, hubtest.NewAgents(), o), j
}

func newRoomOn(t *testing.T, j journal.Journal, launcher hub.Launcher, o hub.Options) *room {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	o.Logger = zaptest.NewLogger(t)
	r := &room{t: t, journal: j, options: o}
	r.agents, _ = launcher.(*hubtest.Agents)
	r.start(launcher)
	hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
	require.NoError(t, err)
	require.Equal(t, protocol.AgentIdle, hs.Status)
	if r.agents != nil {
		r.nextAgent()
	}
	r.share(hs.ID)
	r.awaitOpen(hs.ID)
	return r
}

// awaitOpen waits until the host session has written down that a shared session
// is open, so that the next append is one that the test causes.
func (r *room) awaitOpen(hostSession string) {
	r.t.Helper()
	id, err := journal.ParseSessionID(hostSession)
	require.NoError(r.t, err)
	const events = 4 // created, starting, ready, opened
	for {
		head, err := r.journal.Head(r.t.Context(), id)
		require.NoError(r.t, err)
		if head.Seq >= events {
			return
		}
		<-time.After(time.Millisecond)
	}
}

// start makes the room's hub and stops it when the test ends.
func (r *room) start(launcher hub.Launcher) {
	h := hub.New(r.journal, launcher, rules.Key{1}, r.options)
	require.NoError(r.t, h.Start(r.t.Context()))
	r.t.Cleanup(func() { require.NoError(r.t, h.Stop(context.Background())) })
	r.hub = h
}

// restart stops the hub and begins another one on the same journal.
func (r *room) restart() {
	r.t.Helper()
	require.NoError(r.t, r.hub.Stop(r.t.Context()))
	r.start(r.agents)
}

// share makes the room's shared session.
func (r *room) share(hostSession string) {
	a, err := r.hub.CreateShared(r.t.Context(), &protocol.CreateSharedSession{
		HostSessionID: hostSession, HostUserID: "ada", Mode: protocol.ModePromptWithApproval,
	}, uuid.NewString())
	require.NoError(r.t, err)
	r.session, r.id, r.invite = a.Session, a.Session.ID, a.InviteToken
	r.owner = protocol.Resume{ParticipantID: a.HostParticipant.ID, ParticipantToken: *a.HostParticipant.AccessToken}
	r.host = r.attach(&r.owner)
}

func (r *room) nextAgent() {
	r.t.Helper()
	var err error
	r.agent, err = r.agents.Next(r.t.Context())
	require.NoError(r.t, err)
}

// prompted is the next prompt that the agent is given.
func (r *room) prompted() rules.AgentPrompt {
	r.t.Helper()
	p, err := r.agent.NextPrompt(r.t.Context())
	require.NoError(r.t, err)
	return p
}

// person is a connection in a room.
type person struct {
	t     *testing.T
	room  *room
	sub   *feed.Subscription
	me    protocol.Participant
	token string
	lines []feed.Line
	seen  []string // cursors of events, in the order in which they came

	welcome protocol.Welcome
}

func (r *room) join(user string) *person {
	r.t.Helper()
	return r.attach(&protocol.Join{InviteToken: r.invite, UserID: user})
}

func (r *room) attach(c protocol.Command) *person {
	r.t.Helper()
	p, err := r.tryAttach(c)
	require.NoError(r.t, err)
	w := next[*protocol.WelcomeMessage](p)
	p.me, p.welcome = w.Payload.Participant, w.Payload
	if p.me.AccessToken != nil {
		p.token = *p.me.AccessToken
	}
	return p
}

func (r *room) tryAttach(c protocol.Command) (*person, error) {
	sub, err := r.hub.Attach(r.t.Context(), r.id, protocol.Request{ID: uuid.NewString(), Command: c}, false)
	if err != nil {
		return nil, err
	}
	r.t.Cleanup(sub.Close)
	p := &person{t: r.t, room: r, sub: sub}
	if resume, ok := c.(*protocol.Resume); ok {
		p.token = resume.ParticipantToken
	}
	return p, nil
}

// resume connects once more as the same person, from a cursor.
func (p *person) resume(cursor string) *person {
	p.t.Helper()
	return p.room.attach(&protocol.Resume{ParticipantID: p.me.ID, ParticipantToken: p.token, Cursor: cursor})
}

// again connects once more, to what happens next.
func (p *person) again() *person {
	p.t.Helper()
	return p.resume("")
}

// send hands a command over and returns its id.
func (p *person) send(c protocol.Command) string {
	p.t.Helper()
	id := uuid.NewString()
	require.NoError(p.t, p.sub.Send(p.t.Context(), protocol.Request{ID: id, Command: c}))
	return id
}

// say sends a command and returns its answer's payload in into.
func (p *person) say(c protocol.Command, into any) {
	p.t.Helper()
	id := p.send(c)
	payload, err := p.answer(id)
	require.Nil(p.t, err, "%s", c.CommandType())
	if into != nil {
		require.NoError(p.t, json.Unmarshal(payload, into))
	}
}

// refused sends a command that is answered with an error.
func (p *person) refused(c protocol.Command) protocol.Code {
	p.t.Helper()
	_, err := p.answer(p.send(c))
	require.NotNil(p.t, err, "%s is refused", c.CommandType())
	return err.Code
}

// answer passes over everything until the answer to a command.
func (p *person) answer(id string) (json.RawMessage, *protocol.Error) {
	p.t.Helper()
	for {
		switch m := p.next().(type) {
		case *protocol.ErrorMessage:
			if m.ID == id {
				return nil, m.Error.Err()
			}
		case *protocol.OKMessage:
			if m.ID == id {
				return m.Payload, nil
			}
		}
	}
}

func (p *person) next() protocol.ServerMessage {
	p.t.Helper()
	m, err := p.tryNext()
	require.NoError(p.t, err)
	return m
}

func (p *person) tryNext() (protocol.ServerMessage, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	for len(p.lines) == 0 {
		var err error
		if p.lines, err = p.sub.Next(ctx); err != nil {
			return nil, err
		}
	}
	l := p.lines[0]
	p.lines = p.lines[1:]
	if l.Cursor != "" {
		p.seen = append(p.seen, l.Cursor)
	}
	return protocol.DecodeServer(l.Bytes)
}

// closed reads until the connection ends and returns with which code.
func (p *person) closed() int {
	p.t.Helper()
	for {
		if _, err := p.tryNext(); err != nil {
			var c *feed.Closed
			require.ErrorAs(p.t, err, &c)
			return c.Code
		}
	}
}

// whole checks that what was seen follows on one another.
func (p *person) whole() {
	p.t.Helper()
	require.NotEmpty(p.t, p.seen)
	first := seqOf(p.t, p.seen[0])
	for i, s := range p.seen {
		require.Equal(p.t, first+uint64(i), seqOf(p.t, s), "neither a gap nor a duplicate")
	}
}

func seqOf(t *testing.T, cursor string) uint64 {
	t.Helper()
	c, err := protocol.ParseCursor(cursor)
	require.NoError(t, err)
	return c.Seq
}

// next returns the next message of a type, passing over others.
func next[M protocol.ServerMessage](p *person) M {
	p.t.Helper()
	for {
		if m, ok := p.next().(M); ok {
			return m
		}
	}
}

// present is who is connected after the next change, by the welcome and what was
// told since.
func (p *person) present() []string {
	p.t.Helper()
	w := &p.welcome
	list := protocol.PresenceAnswer{Epoch: w.PresenceEpoch, At: w.PresenceAt, Participants: w.Presence}
	require.True(p.t, list.Apply(next[*protocol.PresenceMessage](p).Payload))
	w.PresenceAt, w.Presence = list.At, list.Participants
	return list.Participants
}

// event returns the next event with a payload of the type.
func event[P protocol.Payload](p *person) P {
	p.t.Helper()
	for {
		if e, ok := next[*protocol.Event](p).Payload.(P); ok {
			return e
		}
	}
}
