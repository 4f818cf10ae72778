package hub_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

func TestStop_commits_and_shows_what_was_decided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.startTurn()
		release := j.Hold()
		id := r.host.send(&protocol.Chat{Text: "the last message"})
		synctest.Wait()
		stopped := make(chan error)
		go func() { stopped <- r.hub.Stop(context.Background()) }()
		synctest.Wait()
		release()
		require.NoError(t, <-stopped)
		<-r.agent.Exited()
		_, err := r.host.answer(id)
		require.Nil(t, err)
		require.Equal(t, "the server was stopped while the prompt was running", event[*protocol.PromptDispatchFailed](r.host).Error)
		require.Equal(t, protocol.CloseGoingAway, r.host.closeCode())
		r.host.requireContiguous()
	})
}

func TestStop_every_caller_receives_an_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		release := j.Hold()
		r.host.send(&protocol.Chat{Text: "hello"})
		go func() { _ = r.hub.Stop(context.Background()) }()
		answered := make(chan error)
		for range 20 {
			go func() {
				_, _, err := r.hub.State(context.Background(), r.id, nil)
				answered <- err
			}()
		}
		synctest.Wait()
		release()
		for range 20 {
			<-answered
		}
	})
}

func TestStop_succeeds_although_the_journal_stays_unavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.startTurn()
		j.BreakReads(journal.ErrUnavailable)
		j.Break(journal.ErrFull)
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Chat{Text: "one"}))
		r.agent.Say(notification(1))
		require.NoError(t, r.hub.Stop(context.Background()))
		<-r.agent.Exited()
		require.Equal(t, protocol.CloseGoingAway, r.host.closeCode())
	})
}

func TestStop_returns_with_its_context_when_the_journal_does_not_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		defer j.Close()
		r := &room{t: t, journal: j, agents: hubtest.NewAgents()}
		r.hub = hub.New(j, r.agents, rules.Key{1}, hub.Options{})
		require.NoError(t, r.hub.Start(t.Context()))
		hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
		require.NoError(t, err)
		r.nextAgent()
		r.share(hs.ID)
		release := j.Hold()
		r.host.send(&protocol.Chat{Text: "hello"})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, r.hub.Stop(ctx), context.DeadlineExceeded)
		require.Equal(t, 5*time.Second, time.Since(start))
		require.ErrorIs(t, r.hub.Stop(t.Context()), context.DeadlineExceeded, "a further call")
		release()
		synctest.Wait() // the bubble fails if a goroutine is left
	})
}

// After a failed append the session is loaded in a goroutine.
func TestStop_waits_for_a_session_that_is_being_recovered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &hangingJournal{FaultyJournal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		release := j.hang()
		j.FailUnwritten(1, journal.ErrUnavailable)
		r.host.send(&protocol.Chat{Text: "hello"})
		synctest.Wait()
		stopped := make(chan error, 1)
		go func() { stopped <- r.hub.Stop(context.Background()) }()
		synctest.Wait()
		require.Empty(t, stopped, "the journal is still read")
		release()
		require.NoError(t, <-stopped)
	})
}
