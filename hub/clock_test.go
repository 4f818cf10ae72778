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

// setBack runs a test in a room whose newest events are an hour ahead of the
// clock, as after the clock was set back. Every bubble's clock begins at the
// same time: what one has written at the end of its first hour, the next finds
// in the future. The room expires two hours after that.
func setBack(t *testing.T, test func(t *testing.T, r *room)) {
	dir := t.TempDir()
	var before room
	synctest.Test(t, func(t *testing.T) {
		pass(time.Hour)
		r := newRoomOn(t, openJournal(t, dir), hubtest.NewAgents(), hub.Options{})
		r.shareFor(120)
		r.host = r.attach(&r.owner)
		r.host.say(&protocol.Chat{Text: "it is one o'clock"}, nil)
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

func openJournal(t *testing.T, dir string) journal.Journal {
	t.Helper()
	j, err := sqlite.Open(dir, sqlite.Options{})
	require.NoError(t, err)
	return j
}

// requireTimesInOrder checks that no event is older than the one before it.
func (r *room) requireTimesInOrder() {
	r.t.Helper()
	id, err := journal.ParseSessionID(r.id)
	require.NoError(r.t, err)
	var last time.Time
	for rec, err := range r.journal.Read(r.t.Context(), id, 1) {
		require.NoError(r.t, err)
		require.False(r.t, rec.Time.Before(last), "event %d is of %s, after one of %s", rec.Seq, rec.Time, last)
		last = rec.Time
	}
}

func TestClock_set_back_while_people_talk(t *testing.T) {
	setBack(t, func(t *testing.T, r *room) {
		ben := r.join("ben")
		require.Contains(t, next[*protocol.PresenceMessage](r.host).Payload.Joined, ben.me.ID)
		r.host.say(&protocol.Chat{Text: "it is midnight again"}, nil)
		said := event[*protocol.MessageCreated](ben).Message
		require.Equal(t, "it is midnight again", said.Text)
		require.True(t, said.CreatedAt.After(time.Now()), "a message is not older than the one before it")

		begin := time.Now()
		ben.say(&protocol.Typing{Active: true}, nil)
		require.True(t, next[*protocol.TypingMessage](r.host).Payload.Active)
		require.False(t, next[*protocol.TypingMessage](r.host).Payload.Active)
		require.Equal(t, 5*time.Second, time.Since(begin))

		r.restart()
		back := r.host.resume(r.cursorOf(r.host))
		require.Equal(t, protocol.ResumeOK, back.welcome.Resume)
		back.say(&protocol.Chat{Text: "still midnight"}, nil)
	})
}

func TestClock_set_back_and_a_session_expires_when_it_was_to(t *testing.T) {
	setBack(t, func(t *testing.T, r *room) {
		ends := r.host.welcome.Session.ExpiresAt
		pass(time.Until(*ends) - time.Second)
		require.NotContains(t, r.record(r.id), string(protocol.EventSessionClosed))
		pass(2 * time.Second)
		require.Contains(t, r.record(r.id), string(protocol.EventSessionClosed))
	})
}

func TestClock_set_back_and_a_permission_runs_out_after_its_time(t *testing.T) {
	setBack(t, func(t *testing.T, r *room) {
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.nextAgent()
		r.prompted()
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		pass(30 * time.Minute)
		resolved := event[*protocol.PermissionResolved](r.host)
		require.Equal(t, protocol.SourceTimeout, resolved.Source)
	})
}

func TestClock_set_back_and_an_agent_that_ignores_a_cancel_is_found_out_after_its_time(t *testing.T) {
	setBack(t, func(t *testing.T, r *room) {
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.nextAgent()
		r.prompted()
		event[*protocol.PromptDispatchStarted](r.host)
		r.host.say(&protocol.Cancel{}, nil)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		pass(10 * time.Second)
		for event[*protocol.AgentStatusChanged](r.host).Status != protocol.AgentUnresponsive {
		}
	})
}
