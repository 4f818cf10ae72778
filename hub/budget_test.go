package hub_test

import (
	"context"
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

const kib = 1 << 10

// promptOf returns a prompt with so many bytes.
func promptOf(bytes int) *protocol.Prompt {
	return &protocol.Prompt{Prompt: strings.Repeat("p", bytes)}
}

// propose sends a prompt with so many bytes, and returns the approval's id.
func (p *client) propose(bytes int) string {
	p.t.Helper()
	var answer protocol.PromptAnswer
	p.do(promptOf(bytes), &answer)
	return answer.Approval.ID
}

// approval returns the command that approves a prompt.
func approval(id string) *protocol.Approve {
	return &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}
}

// runPrompts lets the agents end every turn that begins within a minute.
func (r *room) runPrompts() {
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		soon, cancel := context.WithTimeout(r.t.Context(), time.Second)
		if another, err := r.agents.Next(soon); err == nil {
			r.agent = another
		}
		cancel()
		soon, cancel = context.WithTimeout(r.t.Context(), time.Second)
		if p, err := r.agent.NextPrompt(soon); err == nil {
			r.endTurn(p.Turn)
		}
		cancel()
	}
}

func TestPrompts_of_all_sessions_are_bounded_in_bytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 400 * kib})
		ada, ben := r.host, r.join("ben")
		long := []string{ben.propose(100 * kib), ben.propose(100 * kib), ben.propose(100 * kib)}
		r.share(r.session.HostSessionID)
		olga, cem := r.host, r.join("cem")

		_, refusal := cem.answer(cem.send(promptOf(5 * kib)))
		require.NotNil(t, refusal)
		require.Equal(t, protocol.CodeTooManyPending, refusal.Code)
		require.True(t, refusal.Wire().Retryable)
		require.Contains(t, refusal.Message, "send a shorter one")
		require.Equal(t, protocol.CodeQueueFull, olga.errorCode(promptOf(5*kib)))
		short := cem.propose(kib) // the last quarter of the budget is for short prompts
		cem.propose(kib)
		require.Equal(t, 302*kib, r.hub.CountedPromptBytes(), "refused prompts do not count")

		edited := approval(long[0])
		edited.Prompt = new(strings.Repeat("e", 101*kib))
		require.Equal(t, protocol.CodeQueueFull, ada.errorCode(edited))
		edited.Prompt = new(strings.Repeat("e", 99*kib))
		ada.do(edited, nil)
		ada.do(approval(long[1]), nil)
		olga.do(approval(short), nil)
		r.runPrompts()
		require.Equal(t, 101*kib, r.hub.CountedPromptBytes(), "prompts that are done do not count")
		cem.propose(100 * kib)
	})
}

func TestPrompts_a_session_without_prompts_always_accepts_a_short_one(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 8 * kib})
		ben := r.join("ben")
		for range 4 {
			ben.propose(2 * kib)
		}
		require.Equal(t, protocol.CodeTooManyPending, ben.errorCode(promptOf(1)))
		r.share(r.session.HostSessionID)
		cem := r.join("cem")
		cem.propose(4 * kib)
		require.Equal(t, protocol.CodeTooManyPending, cem.errorCode(promptOf(1)))
		require.Equal(t, protocol.CodeQueueFull, r.host.errorCode(promptOf(1)))
		r.share(r.session.HostSessionID)
		r.host.propose(4 * kib)
		require.Equal(t, protocol.CodeTooManyPending, r.join("dot").errorCode(promptOf(1)))
	})
}

func TestPrompts_of_an_ended_session_do_not_count(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 400 * kib})
		ben := r.join("ben")
		ben.propose(100 * kib)
		r.host.do(&protocol.Close{}, nil)
		require.Zero(t, r.hub.CountedPromptBytes())
	})
}

// A server that starts with a smaller budget loads the prompts that were accepted.
func TestPrompts_that_were_accepted_stay_although_they_exceed_a_new_budget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{IdleAfter: time.Minute})
		ben := r.join("ben")
		first, second := ben.propose(100*kib), ben.propose(100*kib)
		r.options.MaxPromptBytes = 10 * kib
		r.restart()
		require.Zero(t, r.hub.CountedPromptBytes(), "no session is in memory")
		ben, ada := ben.reconnect(), r.attach(&r.owner)
		require.Equal(t, 200*kib, r.hub.CountedPromptBytes())
		require.Equal(t, protocol.CodeTooManyPending, ben.errorCode(promptOf(kib)))
		ada.do(&protocol.Approve{ApprovalID: first, Action: protocol.ActionReject}, nil)
		require.Equal(t, 100*kib, r.hub.CountedPromptBytes())
		ben.sub.Close()
		ada.sub.Close()
		advance(time.Hour)
		require.Zero(t, r.hub.CountedPromptBytes(), "the session has left memory")
		r.attach(&r.owner).do(&protocol.Approve{ApprovalID: second, Action: protocol.ActionReject}, nil)
		require.Zero(t, r.hub.CountedPromptBytes())
	})
}

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
