package hub_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// The budget counts what sessions hold after every step of a random run, and nothing
// once all prompts are done.
func TestPrompts_the_budget_counts_exactly_what_sessions_hold(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newPrompting(t, seed).run(120) })
		})
	}
}

// prompting is a random run of prompts and decisions in several shared sessions, with
// failures of the journal and restarts.
type prompting struct {
	*room
	journal *hubtest.FaultyJournal
	random  *rand.Rand
	rooms   []promptingRoom
	pending []string // ids of the approvals of all sessions
}

// promptingRoom is one of the shared sessions.
type promptingRoom struct {
	id, invite string
	owner      hub.Credentials
}

// newPrompting prepares a run. The seed determines its steps.
func newPrompting(t *testing.T, seed uint64) *prompting {
	r, j := newRoom(t, hub.Options{MaxPromptBytes: 300 * kib, IdleAfter: time.Minute, JournalRetry: time.Second, AgentIdleAfter: -1})
	p := &prompting{room: r, journal: j, random: rand.New(rand.NewPCG(seed, 1))}
	for i := range 3 {
		if i > 0 {
			r.share(r.session.HostSessionID)
		}
		r.host.sub.Close()
		owner := r.hostCredentials()
		p.rooms = append(p.rooms, promptingRoom{r.id, r.invite, owner})
	}
	return p
}

// run carries out a number of steps, checks the budget after each, and ends all prompts.
func (p *prompting) run(steps int) {
	for n := range steps {
		p.step(n)
		synctest.Wait()
		require.Equal(p.t, p.room.hub.ActualPromptBytes(), p.room.hub.CountedPromptBytes(), "step %d", n)
	}
	advance(time.Minute)
	for i, room := range p.rooms {
		if i == 0 {
			p.try(room, room.owner, &protocol.Close{})
		}
		for _, id := range p.pending {
			p.try(room, room.owner, &protocol.Approve{ApprovalID: id, Action: protocol.ActionReject})
			p.try(room, room.owner, &protocol.Cancel{ApprovalID: id})
		}
	}
	p.runPrompts()
	advance(time.Hour) // all sessions leave memory
	require.Zero(p.t, p.room.hub.CountedPromptBytes())
	require.NoError(p.t, p.room.hub.Stop(p.t.Context()))
	require.Zero(p.t, p.room.hub.CountedPromptBytes())
}

// step carries out a random step.
func (p *prompting) step(n int) {
	room := p.rooms[p.random.IntN(len(p.rooms))]
	switch p.random.IntN(12) {
	case 0:
		p.journal.FailUnwritten(1, journal.ErrUnavailable)
	case 1:
		p.journal.FailWritten(1, journal.ErrUnavailable)
	case 2:
		advance(time.Duration(p.random.IntN(300)) * time.Second)
	case 3:
		if p.random.IntN(4) == 0 {
			require.NoError(p.t, p.room.hub.Stop(p.t.Context()))
			require.Zero(p.t, p.room.hub.CountedPromptBytes())
			p.start(p.agents)
		}
	case 4:
		p.runPrompts()
	case 5:
		p.try(room, room.owner, promptOf(p.random.IntN(40*kib)+1))
	case 6, 7, 8:
		p.guest(room, fmt.Sprint("guest ", n))
	default:
		p.decide(room)
	}
}

// guest joins, sends prompts, and may leave or be removed.
func (p *prompting) guest(room promptingRoom, user string) {
	joined := p.try(room, hub.Credentials{}, &protocol.Join{InviteToken: room.invite, UserID: user})
	w, ok := joined.(*feed.Welcome)
	if !ok {
		return
	}
	me := hub.Credentials{ParticipantID: w.Participant.ID, Token: *w.Participant.AccessToken}
	for range 3 {
		p.try(room, me, promptOf(p.random.IntN(60*kib)+1))
	}
	switch p.random.IntN(3) {
	case 0:
		p.try(room, me, &protocol.Leave{})
	case 1:
		p.try(room, room.owner, &protocol.Remove{ParticipantID: w.Participant.ID})
	}
}

// decide approves, rejects or cancels a random prompt.
func (p *prompting) decide(room promptingRoom) {
	if len(p.pending) == 0 {
		return
	}
	id := p.pending[p.random.IntN(len(p.pending))]
	c := approval(id)
	switch p.random.IntN(4) {
	case 0:
		c.Action = protocol.ActionReject
	case 1:
		c.Prompt = new(strings.Repeat("e", p.random.IntN(60*kib)+1))
	case 2:
		p.try(room, room.owner, &protocol.Cancel{ApprovalID: id})
	}
	p.try(room, room.owner, c)
}

// try carries out a command, and returns its answer; nil if the command fails.
func (p *prompting) try(room promptingRoom, who hub.Credentials, c protocol.Command) any {
	a, err := p.room.hub.Do(p.t.Context(), room.id, who, protocol.Request{Command: c})
	if err != nil {
		return nil
	}
	if prompted, ok := a.Payload.(*protocol.PromptAnswer); ok {
		p.pending = append(p.pending, prompted.Approval.ID)
	}
	return a.Payload
}
