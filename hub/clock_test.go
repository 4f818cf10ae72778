package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/journal/sqlite"
	"parley/protocol"
)

// withClockSetBack runs a test in a room whose newest events are an hour ahead of the
// clock, as after the clock was set back. The clock of every synctest bubble begins at
// the same time: the events that one bubble writes after an hour are in the future of
// the next. The shared session expires two hours after the events.
func withClockSetBack(t *testing.T, test func(t *testing.T, r *room)) {
	dir := t.TempDir()
	var before room
	synctest.Test(t, func(t *testing.T) {
		advance(time.Hour)
		r := newRoomOn(t, openJournal(t, dir), hubtest.NewAgents(), hub.Options{})
		r.shareExpiring(120)
		r.host = r.attach(&r.owner)
		r.host.do(&protocol.Chat{Text: "it is one o'clock"}, nil)
		before = *r
	})
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		r := &room{
			t: t, journal: openJournal(t, dir), agents: agents, options: hub.Options{Logger: zaptest.NewLogger(t)},
			session: before.session, id: before.id, invite: before.invite, owner: before.owner,
		}
		t.Cleanup(func() { require.NoError(t, r.journal.Close()) })
		r.start(agents)
		r.host = r.attach(&r.owner)
		test(t, r)
		r.requireTimesInOrder()
	})
}

// openJournal opens a journal in a directory.
func openJournal(t *testing.T, dir string) journal.Journal {
	t.Helper()
	j, err := sqlite.Open(dir, sqlite.Options{})
	require.NoError(t, err)
	return j
}

// requireTimesInOrder checks that no event is older than the one before it.
func (r *room) requireTimesInOrder() {
	r.t.Helper()
	id := sessionID(r.t, r.id)
	var last time.Time
	for rec, err := range r.journal.Read(r.t.Context(), id, 1) {
		require.NoError(r.t, err)
		require.False(r.t, rec.Time.Before(last), "event %d is of %s, after one of %s", rec.Seq, rec.Time, last)
		last = rec.Time
	}
}

func TestClock_set_back_events_stay_in_order_and_typing_lapses(t *testing.T) {
	withClockSetBack(t, func(t *testing.T, r *room) {
		ben := r.join("ben")
		require.Contains(t, next[*protocol.PresenceMessage](r.host).Payload.Joined, ben.me.ID)
		r.host.do(&protocol.Chat{Text: "it is midnight again"}, nil)
		said := event[*protocol.MessageCreated](ben).Message
		require.Equal(t, "it is midnight again", said.Text)
		require.True(t, said.CreatedAt.After(time.Now()), "a message is not older than the one before it")

		begin := time.Now()
		ben.do(&protocol.Typing{Active: true}, nil)
		require.True(t, next[*protocol.TypingMessage](r.host).Payload.Active)
		require.False(t, next[*protocol.TypingMessage](r.host).Payload.Active)
		require.Equal(t, 5*time.Second, time.Since(begin))

		r.restart()
		back := r.host.resume(r.host.cursor())
		require.Equal(t, protocol.ResumeOK, back.welcome.Resume)
		back.do(&protocol.Chat{Text: "still midnight"}, nil)
	})
}

func TestClock_set_back_a_session_expires_at_its_time(t *testing.T) {
	withClockSetBack(t, func(t *testing.T, r *room) {
		ends := r.host.welcome.Session.ExpiresAt
		advance(time.Until(*ends) - time.Second)
		require.NotContains(t, r.eventTypes(), string(protocol.EventSessionClosed))
		advance(2 * time.Second)
		require.Contains(t, r.eventTypes(), string(protocol.EventSessionClosed))
	})
}

func TestClock_set_back_a_permission_request_times_out(t *testing.T) {
	withClockSetBack(t, func(t *testing.T, r *room) {
		r.host.do(&protocol.Prompt{Prompt: "one"}, nil)
		r.nextAgent()
		r.nextPrompt()
		r.askPermission("q")
		advance(30 * time.Minute)
		resolved := event[*protocol.PermissionResolved](r.host)
		require.Equal(t, protocol.SourceTimeout, resolved.Source)
	})
}

func TestClock_set_back_an_agent_that_ignores_a_cancellation_is_reported(t *testing.T) {
	withClockSetBack(t, func(t *testing.T, r *room) {
		r.host.do(&protocol.Prompt{Prompt: "one"}, nil)
		r.nextAgent()
		r.nextPrompt()
		event[*protocol.PromptDispatchStarted](r.host)
		r.host.do(&protocol.Cancel{}, nil)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		advance(10 * time.Second)
		for event[*protocol.AgentStatusChanged](r.host).Status != protocol.AgentUnresponsive {
		}
	})
}
