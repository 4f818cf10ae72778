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
	"parley/protocol"
)

// Sessions leave memory as soon as they are idle, appends fail with and without being
// written, and connections are too slow and reconnect, all at the same time.
func TestHub_neither_loses_nor_repeats_events_under_stress(t *testing.T) {
	r, j := newRoom(t, hub.Options{
		IdleAfter: time.Millisecond, JournalRetry: time.Millisecond, SnapshotEvery: 20, MaxBacklog: 4096,
		MaxQueued: 1000, MaxConnections: 10000, MaxOwnConnections: 10000,
	})
	begin := r.host.cursor()
	r.host.sub.Close()
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan []string, 1)
	go func() { watched <- r.watch(ctx, begin) }()
	const senders, each = 4, 60
	var sending, running sync.WaitGroup
	for i := range senders {
		sending.Go(func() {
			for n := range each {
				r.doUntilDone(protocol.Request{ID: fmt.Sprintf("%d-%d", i, n), Command: &protocol.Chat{Text: fmt.Sprintf("%d-%d", i, n)}})
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
	sending.Go(func() {
		for n := range each / 3 {
			a := r.doUntilDone(protocol.Request{ID: fmt.Sprintf("prompt-%d", n), Command: &protocol.Prompt{Prompt: fmt.Sprint(n)}})
			prompts <- a.Payload.(*protocol.PromptAnswer).Approval.ID
		}
		close(prompts)
	})
	running.Go(func() {
		for id := range prompts {
			r.runPrompt(id)
		}
	})
	sending.Wait()
	running.Wait()
	r.requireEverything(begin, senders*each, each/3)
	cancel()
	(&client{t: t, seen: <-watched}).requireContiguous()
}

// watch reads events until ctx ends, and reconnects whenever the connection ends. It
// returns the cursors of the events.
func (r *room) watch(ctx context.Context, cursor string) (seen []string) {
	for ctx.Err() == nil {
		resume := &protocol.Resume{ParticipantID: r.owner.ParticipantID, ParticipantToken: r.owner.ParticipantToken, Cursor: cursor}
		sub, err := r.hub.Attach(ctx, r.id, protocol.Request{Command: resume}, hub.AttachOptions{EventsOnly: true})
		if err != nil {
			continue // an append has failed
		}
		for range 20 { // then it reconnects in any case
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

// doUntilDone repeats a command of the host until it succeeds.
func (r *room) doUntilDone(request protocol.Request) feed.Answer {
	who := r.hostCredentials()
	for {
		a, err := r.do(who, request)
		if err == nil {
			return a
		}
		if !errors.Is(err, &protocol.Error{Code: protocol.CodeJournalUnavailable}) {
			r.t.Error(err)
			return a
		}
	}
}

// runPrompt has the agent carry out its next prompt.
func (r *room) runPrompt(id string) {
	p, err := r.agent.NextPrompt(r.t.Context())
	if err != nil || p.Turn != id {
		r.t.Errorf("the agent received prompt %q instead of %q: %v", p.Turn, id, err)
		return
	}
	for i := range 3 {
		r.agent.Say(notification(i))
	}
	r.endTurn(id)
}

// requireEverything reads all events, and checks that each message and turn is there once.
func (r *room) requireEverything(begin string, chats, turns int) {
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
	p.requireContiguous()
	require.Equal(r.t, 3*turns, updates)
	for text, n := range texts {
		require.Equal(r.t, 1, n, text)
	}
	for id, n := range done {
		require.Equal(r.t, 1, n, id)
	}
}
