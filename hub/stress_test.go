package hub_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Everything at once: sessions that fall asleep as soon as they can, a journal
// that fails in both ways, connections that are too slow and come back.
func TestHub_loses_and_doubles_nothing_when_everything_goes_wrong(t *testing.T) {
	r, j := newRoom(t, hub.Options{
		IdleAfter: time.Millisecond, JournalRetry: time.Millisecond, SnapshotEvery: 20, MaxBacklog: 4096,
		MaxQueued: 1000, MaxConnections: 10000, MaxOwnConnections: 10000,
	})
	begin := r.cursorOf(r.host)
	r.host.sub.Close()
	ctx, cancel := contextOf(t)
	watched := make(chan []string, 1)
	go func() { watched <- r.watch(ctx, begin) }()
	const people, each = 4, 60
	var speaking, others sync.WaitGroup
	for i := range people {
		speaking.Go(func() {
			for n := range each {
				r.insist(protocol.Request{ID: fmt.Sprintf("%d-%d", i, n), Command: &protocol.Chat{Text: fmt.Sprintf("%d-%d", i, n)}})
				if n%7 == i {
					j.FailUnwritten(1, journal.ErrUnavailable)
				}
				if n%11 == i {
					j.FailWritten(1, journal.ErrUnavailable)
				}
			}
		})
	}
	prompts := make(chan string, each)
	speaking.Go(func() {
		for n := range each / 3 {
			a := r.insist(protocol.Request{ID: fmt.Sprintf("prompt-%d", n), Command: &protocol.Prompt{Prompt: fmt.Sprint(n)}})
			prompts <- a.Payload.(*protocol.PromptAnswer).Approval.ID
		}
		close(prompts)
	})
	others.Go(func() {
		for id := range prompts {
			r.runs(id)
		}
	})
	speaking.Wait()
	others.Wait()
	r.everythingIsThere(begin, people*each, each/3)
	cancel()
	(&person{t: t, seen: <-watched}).whole()
}

// watch reads events, and comes back whenever the connection ends. It returns
// the cursors of what it saw.
func (r *room) watch(ctx context.Context, cursor string) (seen []string) {
	for ctx.Err() == nil {
		resume := &protocol.Resume{ParticipantID: r.owner.ParticipantID, ParticipantToken: r.owner.ParticipantToken, Cursor: cursor}
		sub, err := r.hub.Attach(ctx, r.id, protocol.Request{Command: resume}, true)
		if err != nil {
			continue // the journal is failing
		}
		for range 20 { // then it comes back in any case
			lines, err := sub.Next(ctx)
			if err != nil {
				break
			}
			for _, l := range lines {
				cursor, seen = l.Cursor, append(seen, l.Cursor)
			}
		}
		sub.Close()
	}
	return seen
}

// insist sends a command of the host until it is done.
func (r *room) insist(request protocol.Request) feed.Answer {
	who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
	for {
		a, err := r.hub.Do(r.t.Context(), r.id, who, request)
		if err == nil {
			return a
		}
		if !errors.Is(err, &protocol.Error{Code: protocol.CodeJournalUnavailable}) {
			r.t.Error(err)
			return a
		}
	}
}

// runs is the agent carrying out the prompt that is next.
func (r *room) runs(id string) {
	p, err := r.agent.NextPrompt(r.t.Context())
	if err != nil || p.Turn != id {
		r.t.Errorf("the agent is given %q instead of %q: %v", p.Turn, id, err)
		return
	}
	for i := range 3 {
		r.agent.Say(notification(i))
	}
	r.agent.Say(rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"})
}

// everythingIsThere reads all events, as slow connections do.
func (r *room) everythingIsThere(begin string, chats, turns int) {
	texts, updates, done := map[string]int{}, 0, map[string]int{}
	p := r.attach(&protocol.Resume{ParticipantID: r.owner.ParticipantID, ParticipantToken: r.owner.ParticipantToken, Cursor: begin})
	for len(done) < turns || len(texts) < chats {
		m, err := p.tryNext()
		require.NoError(r.t, err)
		e, ok := m.(*protocol.Event)
		if !ok {
			continue
		}
		switch e := e.Payload.(type) {
		case *protocol.MessageCreated:
			texts[e.Message.Text]++
		case *protocol.HostSessionUpdate:
			require.JSONEq(r.t, string(notification(updates%3).Raw), string(e.Notification), "in the agent's order")
			updates++
		case *protocol.PromptDispatchCompleted:
			done[e.ApprovalID]++
		}
	}
	p.whole()
	require.Equal(r.t, 3*turns, updates)
	for text, n := range texts {
		require.Equal(r.t, 1, n, text)
	}
	for id, n := range done {
		require.Equal(r.t, 1, n, id)
	}
}
