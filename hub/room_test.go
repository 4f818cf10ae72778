package hub_test

import (
	"context"
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

// room is a hub with a host session and the shared session that was created last.
type room struct {
	t       *testing.T
	hub     *hub.Hub
	options hub.Options
	journal journal.Journal
	agents  *hubtest.Agents // nil if the test uses another launcher
	agent   *hubtest.Agent  // the newest
	session protocol.Session
	id      string          // of the shared session
	host    *client         // the host's connection
	invite  string          // token
	owner   protocol.Resume // the host's resume without a cursor
}

// newRoom returns a room on a journal in memory whose faults the test controls. The
// test also acts for the agent.
func newRoom(t *testing.T, o hub.Options) (*room, *hubtest.FaultyJournal) {
	t.Helper()
	j := newJournal()
	return newRoomOn(t, j, hubtest.NewAgents(), o), j
}

// newRoomOn returns a room on a journal, which it closes at the end of the test.
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

// newEmptyRoom returns a room without sessions. The launcher starts the agents of a fake.
func newEmptyRoom(t *testing.T, launcher hub.Launcher, agents *hubtest.Agents, o hub.Options) *room {
	t.Helper()
	r := &room{t: t, journal: newJournal(), agents: agents, options: o}
	t.Cleanup(func() { require.NoError(t, r.journal.Close()) })
	r.start(launcher)
	return r
}

// awaitOpen waits until the host session has committed that a shared session is open,
// so that the test causes the next append.
func (r *room) awaitOpen(hostSession string) {
	r.t.Helper()
	id := sessionID(r.t, hostSession)
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

// start starts a hub on the room's journal, and stops it at the end of the test.
func (r *room) start(launcher hub.Launcher) {
	h := hub.New(r.journal, launcher, rules.Key{1}, r.options)
	require.NoError(r.t, h.Start(r.t.Context()))
	r.t.Cleanup(func() { require.NoError(r.t, h.Stop(context.Background())) })
	r.hub = h
}

// restart stops the hub and starts another one on the same journal.
func (r *room) restart() {
	r.t.Helper()
	require.NoError(r.t, r.hub.Stop(r.t.Context()))
	r.start(r.agents)
}

// share creates a shared session on a host session and connects its host. The room
// continues with that session.
func (r *room) share(hostSession string) {
	r.t.Helper()
	r.createShared(&protocol.CreateSharedSession{HostSessionID: hostSession, Mode: protocol.ModePromptWithApproval})
	r.host = r.attach(&r.owner)
}

// createShared creates a shared session of ada's, with which the room continues.
func (r *room) createShared(c *protocol.CreateSharedSession) {
	r.t.Helper()
	c.HostUserID = "ada"
	a, err := r.hub.CreateShared(r.t.Context(), c, uuid.NewString())
	require.NoError(r.t, err)
	r.session, r.id, r.invite = a.Session, a.Session.ID, a.InviteToken
	r.owner = protocol.Resume{ParticipantID: a.HostParticipant.ID, ParticipantToken: *a.HostParticipant.AccessToken}
}

// hostCredentials returns the credentials of the host of the shared session.
func (r *room) hostCredentials() hub.Credentials {
	return hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
}

// do carries out a command in the shared session without a connection.
func (r *room) do(who hub.Credentials, request protocol.Request) (feed.Answer, error) {
	return r.hub.Do(r.t.Context(), r.id, who, request)
}

// requireDuplicate checks that repeating a request returns its first answer.
func (r *room) requireDuplicate(who hub.Credentials, request protocol.Request, first feed.Answer) {
	r.t.Helper()
	again, err := r.do(who, request)
	require.NoError(r.t, err)
	require.True(r.t, again.Duplicate)
	require.Equal(r.t, first.Payload, again.Payload)
}

// nextAgent waits for the next agent to start.
func (r *room) nextAgent() {
	r.t.Helper()
	var err error
	r.agent, err = r.agents.Next(r.t.Context())
	require.NoError(r.t, err)
}

// nextPrompt waits for the agent's next prompt.
func (r *room) nextPrompt() rules.AgentPrompt {
	r.t.Helper()
	p, err := r.agent.NextPrompt(r.t.Context())
	require.NoError(r.t, err)
	return p
}

// startTurn sends a prompt of the host, and returns it as the agent receives it.
func (r *room) startTurn() rules.AgentPrompt {
	r.t.Helper()
	r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
	return r.nextPrompt()
}

// endTurn ends a turn of the agent's.
func (r *room) endTurn(turn string) {
	r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
}

// askPermission has the agent request permission, and waits until the host receives
// the request.
func (r *room) askPermission(requestID string) {
	r.t.Helper()
	r.agent.Say(permissionRequest(requestID))
	event[*protocol.PermissionRequested](r.host)
}
