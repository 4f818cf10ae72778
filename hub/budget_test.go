package hub_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
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
