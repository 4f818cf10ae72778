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
	"parley/hub/rules"
	"parley/protocol"
)

const kib = 1 << 10

func promptOf(bytes int) *protocol.Prompt {
	return &protocol.Prompt{Prompt: strings.Repeat("p", bytes)}
}

func (p *person) proposes(bytes int) string {
	p.t.Helper()
	var answer protocol.PromptAnswer
	p.say(promptOf(bytes), &answer)
	return answer.Approval.ID
}

func approval(id string) *protocol.Approve {
	return &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}
}

// runAll has the agents do whatever they are given, for a minute.
func (r *room) runAll() {
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		soon, cancel := context.WithTimeout(r.t.Context(), time.Second)
		if another, err := r.agents.Next(soon); err == nil {
			r.agent = another
		}
		cancel()
		soon, cancel = context.WithTimeout(r.t.Context(), time.Second)
		if p, err := r.agent.NextPrompt(soon); err == nil {
			r.agent.Say(rules.AgentTurnEnded{Turn: p.Turn, StopReason: "end_turn"})
		}
		cancel()
	}
}

func TestPrompts_are_bounded_in_bytes_for_all_sessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 400 * kib})
		ada, ben := r.host, r.join("ben")
		long := []string{ben.proposes(100 * kib), ben.proposes(100 * kib), ben.proposes(100 * kib)}
		r.share(r.session.HostSessionID) // another room
		olga, cem := r.host, r.join("cem")

		_, refusal := cem.answer(cem.send(promptOf(5 * kib)))
		require.NotNil(t, refusal)
		require.Equal(t, protocol.CodeTooManyPending, refusal.Code)
		require.True(t, refusal.Wire().Retryable)
		require.Contains(t, refusal.Message, "send a shorter one")
		require.Equal(t, protocol.CodeQueueFull, olga.refused(promptOf(5*kib)))
		short := cem.proposes(kib) // a part is for those
		cem.proposes(kib)
		require.Equal(t, 302*kib, r.hub.PromptBytes(), "what was refused counts no more")

		edited := approval(long[0])
		edited.Prompt = new(strings.Repeat("e", 101*kib))
		require.Equal(t, protocol.CodeQueueFull, ada.refused(edited))
		edited.Prompt = new(strings.Repeat("e", 99*kib))
		ada.say(edited, nil)
		ada.say(approval(long[1]), nil)
		olga.say(approval(short), nil)
		r.runAll()
		require.Equal(t, 101*kib, r.hub.PromptBytes(), "what is done counts no more")
		cem.proposes(100 * kib)
	})
}

func TestPrompts_a_session_without_any_takes_a_short_one_whatever_others_keep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 8 * kib})
		ben := r.join("ben")
		for range 4 {
			ben.proposes(2 * kib)
		}
		require.Equal(t, protocol.CodeTooManyPending, ben.refused(promptOf(1)))
		r.share(r.session.HostSessionID)
		cem := r.join("cem")
		cem.proposes(4 * kib)
		require.Equal(t, protocol.CodeTooManyPending, cem.refused(promptOf(1)))
		require.Equal(t, protocol.CodeQueueFull, r.host.refused(promptOf(1)))
		r.share(r.session.HostSessionID)
		r.host.proposes(4 * kib)
		require.Equal(t, protocol.CodeTooManyPending, r.join("dot").refused(promptOf(1)))
	})
}

// A prompt of a session that has ended cannot be decided on.
func TestPrompts_of_a_session_that_has_ended_count_no_more(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxPromptBytes: 400 * kib})
		ben := r.join("ben")
		ben.proposes(100 * kib)
		r.host.say(&protocol.Close{}, nil)
		require.Zero(t, r.hub.PromptBytes())
	})
}

// What was accepted stays: a server that starts with a smaller budget loads it, and
// people decide on it.
func TestPrompts_that_were_accepted_are_kept_beyond_the_budget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{IdleAfter: time.Minute})
		ben := r.join("ben")
		first, second := ben.proposes(100*kib), ben.proposes(100*kib)
		r.options.MaxPromptBytes = 10 * kib
		r.restart()
		require.Zero(t, r.hub.PromptBytes(), "nothing is in memory")
		ben, ada := ben.again(), r.attach(&r.owner)
		require.Equal(t, 200*kib, r.hub.PromptBytes())
		require.Equal(t, protocol.CodeTooManyPending, ben.refused(promptOf(kib)))
		ada.say(&protocol.Approve{ApprovalID: first, Action: protocol.ActionReject}, nil)
		require.Equal(t, 100*kib, r.hub.PromptBytes())
		ben.sub.Close()
		ada.sub.Close()
		pass(time.Hour)
		require.Zero(t, r.hub.PromptBytes(), "the session sleeps")
		r.attach(&r.owner).say(&protocol.Approve{ApprovalID: second, Action: protocol.ActionReject}, nil)
		require.Zero(t, r.hub.PromptBytes())
	})
}

// Whatever becomes of prompts, the budget has what sessions keep of them, and
// nothing when all are done.
func TestPrompts_the_budget_is_what_sessions_keep(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newPrompting(t, seed).runs(120) })
		})
	}
}

// prompting is rooms in which people prompt at random.
type prompting struct {
	*room
	journal *hubtest.FaultyJournal
	chance  *rand.Rand
	rooms   []promptingRoom
	pending []string // approvals, by any room
}

type promptingRoom struct {
	id, invite string
	owner      hub.Credentials
}

func newPrompting(t *testing.T, seed uint64) *prompting {
	r, j := newRoom(t, hub.Options{MaxPromptBytes: 300 * kib, IdleAfter: time.Minute, JournalRetry: time.Second, AgentIdleAfter: -1})
	p := &prompting{room: r, journal: j, chance: rand.New(rand.NewPCG(seed, 1))}
	for i := range 3 {
		if i > 0 {
			r.share(r.session.HostSessionID)
		}
		r.host.sub.Close()
		owner := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		p.rooms = append(p.rooms, promptingRoom{r.id, r.invite, owner})
	}
	return p
}

func (p *prompting) runs(steps int) {
	for n := range steps {
		p.step(n)
		synctest.Wait()
		require.Equal(p.t, p.room.hub.KeptPromptBytes(), p.room.hub.PromptBytes(), "step %d", n)
	}
	pass(time.Minute)
	for i, room := range p.rooms {
		if i == 0 {
			p.try(room, room.owner, &protocol.Close{})
		}
		for _, id := range p.pending {
			p.try(room, room.owner, &protocol.Approve{ApprovalID: id, Action: protocol.ActionReject})
			p.try(room, room.owner, &protocol.Cancel{ApprovalID: id})
		}
	}
	p.runAll()
	pass(time.Hour) // a session that is closed keeps what was pending until it sleeps
	require.Zero(p.t, p.room.hub.PromptBytes())
	require.NoError(p.t, p.room.hub.Stop(p.t.Context()))
	require.Zero(p.t, p.room.hub.PromptBytes())
}

func (p *prompting) step(n int) {
	room := p.rooms[p.chance.IntN(len(p.rooms))]
	switch p.chance.IntN(12) {
	case 0:
		p.journal.FailUnwritten(1, journal.ErrUnavailable)
	case 1:
		p.journal.FailWritten(1, journal.ErrUnavailable)
	case 2:
		pass(time.Duration(p.chance.IntN(300)) * time.Second)
	case 3:
		if p.chance.IntN(4) == 0 {
			require.NoError(p.t, p.room.hub.Stop(p.t.Context()))
			require.Zero(p.t, p.room.hub.PromptBytes())
			p.start(p.agents)
		}
	case 4:
		p.runAll()
	case 5:
		p.try(room, room.owner, promptOf(p.chance.IntN(40*kib)+1))
	case 6, 7, 8:
		p.guest(room, fmt.Sprint("guest ", n))
	default:
		p.decide(room)
	}
}

// guest joins, prompts, and may leave or be removed.
func (p *prompting) guest(room promptingRoom, user string) {
	joined := p.try(room, hub.Credentials{}, &protocol.Join{InviteToken: room.invite, UserID: user})
	w, ok := joined.(*feed.Welcome)
	if !ok {
		return
	}
	me := hub.Credentials{ParticipantID: w.Participant.ID, Token: *w.Participant.AccessToken}
	for range 3 {
		p.try(room, me, promptOf(p.chance.IntN(60*kib)+1))
	}
	switch p.chance.IntN(3) {
	case 0:
		p.try(room, me, &protocol.Leave{})
	case 1:
		p.try(room, room.owner, &protocol.Remove{ParticipantID: w.Participant.ID})
	}
}

func (p *prompting) decide(room promptingRoom) {
	if len(p.pending) == 0 {
		return
	}
	id := p.pending[p.chance.IntN(len(p.pending))]
	c := approval(id)
	switch p.chance.IntN(4) {
	case 0:
		c.Action = protocol.ActionReject
	case 1:
		c.Prompt = new(strings.Repeat("e", p.chance.IntN(60*kib)+1))
	case 2:
		p.try(room, room.owner, &protocol.Cancel{ApprovalID: id})
	}
	p.try(room, room.owner, c)
}

// try carries a command out, which may fail, and returns its answer.
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
