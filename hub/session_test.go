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
	"parley/hub/agent"
	"parley/hub/journal/memory"
	"parley/protocol"
)

// room is a hub with one shared session on the demo agent.
type room struct {
	t       *testing.T
	hub     *hub.Hub
	journal hub.Journal
	id      string
	host    *person
	invite  string
}

// person is a connection in a room.
type person struct {
	t     *testing.T
	sub   *hub.Subscription
	me    protocol.Participant
	creds hub.Credentials
	lines []hub.Line
}

func newRoom(t *testing.T, j hub.Journal, o hub.Options) *room {
	t.Helper()
	o.Logger = zaptest.NewLogger(t)
	launcher, err := agent.NewLauncher(nil, o.Logger, agent.Options{})
	require.NoError(t, err)
	h := hub.New(j, launcher, hub.Key{1}, o)
	require.NoError(t, h.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, h.Stop(context.Background())) })
	r := &room{t: t, hub: h, journal: j}
	hs, err := h.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk})
	require.NoError(t, err)
	require.Equal(t, protocol.AgentIdle, hs.Status)
	a, err := h.CreateShared(t.Context(), &protocol.CreateSharedSession{
		HostSessionID: hs.ID, HostUserID: "ada", Mode: protocol.ModePromptWithApproval,
	}, "create-1")
	require.NoError(t, err)
	r.id, r.invite = a.Session.ID, a.InviteToken
	r.host = r.attach(&protocol.Resume{ParticipantID: a.HostParticipant.ID, ParticipantToken: *a.HostParticipant.AccessToken})
	return r
}

func (r *room) join(user string) *person {
	r.t.Helper()
	return r.attach(&protocol.Join{InviteToken: r.invite, UserID: user})
}

func (r *room) attach(c protocol.Command) *person {
	r.t.Helper()
	sub, err := r.hub.Attach(r.t.Context(), r.id, protocol.Request{ID: uuid.NewString(), Command: c}, false)
	require.NoError(r.t, err)
	r.t.Cleanup(sub.Close)
	p := &person{t: r.t, sub: sub}
	w := next[*protocol.WelcomeMessage](p)
	p.me = w.Payload.Participant
	return p
}

// say sends a command and returns its answer's payload in into.
func (p *person) say(c protocol.Command, into any) {
	p.t.Helper()
	id := uuid.NewString()
	require.NoError(p.t, p.sub.Send(p.t.Context(), protocol.Request{ID: id, Command: c}))
	for {
		m := p.next()
		if e, ok := m.(*protocol.ErrorMessage); ok && e.ID == id {
			p.t.Fatalf("%s: %s", c.CommandType(), e.Error.Err())
		}
		if ok, is := m.(*protocol.OKMessage); is && ok.ID == id {
			if into != nil {
				require.NoError(p.t, json.Unmarshal(ok.Payload, into))
			}
			return
		}
	}
}

func (p *person) next() protocol.ServerMessage {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	for len(p.lines) == 0 {
		var err error
		p.lines, err = p.sub.Next(ctx)
		require.NoError(p.t, err)
	}
	l := p.lines[0]
	p.lines = p.lines[1:]
	m, err := protocol.DecodeServer(l.Bytes)
	require.NoError(p.t, err)
	return m
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

// event returns the next event with a payload of the type.
func event[P protocol.Payload](p *person) P {
	p.t.Helper()
	for {
		if e, ok := next[*protocol.Event](p).Payload.(P); ok {
			return e
		}
	}
}

func TestSession_APromptIsProposedApprovedAndAnswered(t *testing.T) {
	r := newRoom(t, memory.New(), hub.Options{})
	ben := r.join("ben")

	ben.say(&protocol.Chat{Text: "hello"}, nil)
	require.Equal(t, "hello", event[*protocol.MessageCreated](r.host).Message.Text)

	var proposed protocol.PromptAnswer
	ben.say(&protocol.Prompt{Prompt: "help"}, &proposed)
	require.Equal(t, protocol.ApprovalPending, proposed.Status)
	pending := event[*protocol.PromptPendingApproval](r.host)
	require.Equal(t, proposed.Approval.ID, pending.Approval.ID)

	r.host.say(&protocol.Approve{ApprovalID: pending.Approval.ID, Action: protocol.ActionApprove}, nil)
	event[*protocol.PromptApproved](ben)
	event[*protocol.PromptDispatchStarted](ben)
	event[*protocol.HostSessionUpdate](ben)
	done := event[*protocol.PromptDispatchCompleted](ben)
	require.Equal(t, pending.Approval.ID, done.ApprovalID)
}
