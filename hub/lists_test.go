package hub_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// countingJournal counts calls of its methods that read, and the events that they return.
type countingJournal struct {
	journal.Journal
	calls, events atomic.Int64
}

// reset sets the counts to zero.
func (c *countingJournal) reset() {
	c.calls.Store(0)
	c.events.Store(0)
}

func (c *countingJournal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	c.calls.Add(1)
	return func(yield func(journal.Record, error) bool) {
		for r, err := range c.Journal.Read(ctx, id, from) {
			c.events.Add(1)
			if !yield(r, err) {
				return
			}
		}
	}
}

func (c *countingJournal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	c.calls.Add(1)
	found, err := c.Journal.Events(ctx, id, numbers)
	c.events.Add(int64(len(found)))
	return found, err
}

func (c *countingJournal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	c.calls.Add(1)
	return c.Journal.Listed(ctx, id, from, limit)
}

// oneEventJournal returns one event at a time, as a journal does whose events are large.
type oneEventJournal struct{ journal.Journal }

func (j oneEventJournal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	return j.Journal.Events(ctx, id, numbers[:1])
}

func TestLists_of_large_items_are_complete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoomOn(t, oneEventJournal{newJournal()}, hubtest.NewAgents(), hub.Options{})
		for i := range 5 {
			r.host.do(&protocol.Prompt{Prompt: fmt.Sprint("prompt ", i)}, nil)
			r.agent.Say(rules.AgentTurnEnded{Turn: r.nextPrompt().Turn, Err: fmt.Errorf("failure %d", i)})
			r.host.do(&protocol.Chat{Text: fmt.Sprint("text ", i)}, nil)
			r.host.discard()
		}
		_, approvals, err := r.hub.State(t.Context(), r.id, nil)
		require.NoError(t, err)
		n := 0
		for a, err := range approvals {
			require.NoError(t, err)
			require.Equal(t, protocol.ApprovalFailed, a.Status)
			n++
		}
		require.Equal(t, 5, n)
		require.Len(t, r.messages(), 5)
	})
}

// promptAndChat runs the i-th prompt, of which every third one fails, and sends a message.
func (r *room) promptAndChat(i int) {
	r.host.do(&protocol.Prompt{Prompt: fmt.Sprint("prompt ", i)}, nil)
	turn := r.nextPrompt().Turn
	for k := range 10 {
		r.agent.Say(notification(k))
	}
	if i%3 == 0 {
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, Err: fmt.Errorf("failure %d", i)})
	} else {
		r.endTurn(turn)
	}
	r.host.do(&protocol.Chat{Text: fmt.Sprint("text ", i)}, nil)
	r.host.discard()
}

func TestLists_are_read_in_few_steps_in_a_long_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &countingJournal{Journal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		const prompts = 300
		for i := range prompts {
			r.promptAndChat(i)
		}
		j.reset()

		state, approvals, err := r.hub.State(t.Context(), r.id, nil)
		require.NoError(t, err)
		require.NotEmpty(t, state.Cursor)
		n := prompts
		for a, err := range approvals {
			require.NoError(t, err)
			n--
			require.Equal(t, fmt.Sprint("prompt ", n), a.Prompt, "newest first")
			require.Equal(t, n%3 == 0, a.Status == protocol.ApprovalFailed)
			if n%3 == 0 {
				require.Contains(t, *a.ErrorMessage, fmt.Sprint("failure ", n))
			}
		}
		require.Zero(t, n)
		require.Less(t, j.calls.Load(), int64(20))
		require.LessOrEqual(t, j.events.Load(), int64(2*prompts))

		j.reset()
		messages, err := r.hub.Messages(t.Context(), r.id, nil)
		require.NoError(t, err)
		for m, err := range messages {
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("text ", n), m.Text)
			n++
		}
		require.Equal(t, prompts, n)
		require.Less(t, j.calls.Load(), int64(20))
		require.LessOrEqual(t, j.events.Load(), int64(2*prompts))
	})
}
