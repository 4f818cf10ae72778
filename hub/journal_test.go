package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// ready reports whether something waits for the connection.
func (p *person) ready() bool {
	p.t.Helper()
	lines := make(chan []feed.Line, 1)
	ctx, cancel := contextOf(p.t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if l, err := p.sub.Next(ctx); err == nil {
			lines <- l
		}
	}()
	synctest.Wait()
	cancel()
	<-done
	select {
	case l := <-lines:
		p.lines = append(p.lines, l...)
		return true
	default:
		return len(p.lines) > 0
	}
}

// passOver takes everything that waits.
func (p *person) passOver() {
	for p.ready() {
		for len(p.lines) > 0 {
			p.next()
		}
	}
}

func TestJournal_nothing_is_shown_or_answered_before_it_is_durable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.passOver()
		r.host.passOver()
		release := j.Hold()
		chat := ben.send(&protocol.Chat{Text: "hello"})
		prompt := r.host.send(&protocol.Prompt{Prompt: "go"})
		ping := ben.send(&protocol.Ping{})
		synctest.Wait()
		require.False(t, ben.ready(), "not even the answer to a ping, which came later")
		require.False(t, r.host.ready())
		require.Zero(t, r.agent.Prompted(), "the agent is given nothing that a crash could undo")
		release()
		require.Equal(t, "hello", event[*protocol.MessageCreated](ben).Message.Text)
		_, refusal := ben.answer(chat)
		require.Nil(t, refusal)
		event[*protocol.PromptApproved](ben)
		require.Equal(t, ping, next[*protocol.PongMessage](ben).ID)
		_, refusal = r.host.answer(prompt)
		require.Nil(t, refusal)
		require.Equal(t, "go", r.prompted().Text)
	})
}

func TestJournal_a_burst_is_few_appends_and_each_is_answered_in_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		release := j.Hold()
		var ids []string
		for range 100 {
			ids = append(ids, r.host.send(&protocol.Chat{Text: "hello"}))
		}
		release()
		for _, id := range ids {
			event[*protocol.MessageCreated](r.host)
			require.Equal(t, id, next[*protocol.OKMessage](r.host).ID)
		}
		r.host.whole()
	})
}

func TestJournal_an_append_that_fails(t *testing.T) {
	cases := []struct {
		name    string
		written bool
	}{
		{"and left nothing is answered with an error", false},
		{"but is there all the same is answered as done", true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				ben := r.join("ben")
				ben.passOver()
				if tc.written {
					j.FailWritten(1, journal.ErrUnavailable)
				} else {
					j.FailUnwritten(1, journal.ErrUnavailable)
				}
				id := r.host.send(&protocol.Chat{Text: "one"})
				_, err := r.host.answer(id)
				if tc.written {
					require.Nil(t, err)
					require.Equal(t, "one", event[*protocol.MessageCreated](ben).Message.Text)
				} else {
					require.Equal(t, protocol.CodeJournalUnavailable, err.Code)
				}
				r.host.say(&protocol.Chat{Text: "two"}, nil)
				require.Equal(t, "two", event[*protocol.MessageCreated](ben).Message.Text, "once, and nothing that did not happen")
				ben.whole()
			})
		})
	}
}

func TestJournal_appends_behind_one_that_failed_but_was_written_are_not_lost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.passOver()
		release := j.Hold()
		j.FailWritten(1, journal.ErrUnavailable)
		var ids []string
		for _, text := range []string{"one", "two", "three"} {
			ids = append(ids, r.host.send(&protocol.Chat{Text: text}))
			synctest.Wait() // an append of its own
		}
		release()
		for i, text := range []string{"one", "two", "three"} {
			require.Equal(t, text, event[*protocol.MessageCreated](ben).Message.Text)
			_, err := r.host.answer(ids[i])
			require.Nil(t, err)
		}
		ben.whole()
	})
}

func TestJournal_what_the_agent_said_is_not_lost_while_the_journal_is_down(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		turn := r.prompted().Turn
		event[*protocol.PromptDispatchStarted](r.host)
		j.FailUnwritten(7, journal.ErrFull)
		for i := range 5 {
			r.agent.Say(notification(i))
			synctest.Wait()
		}
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
		for i := range 5 {
			require.JSONEq(t, string(notification(i).Raw), string(event[*protocol.HostSessionUpdate](r.host).Notification))
		}
		require.Equal(t, turn, event[*protocol.PromptDispatchCompleted](r.host).ApprovalID)
		r.host.whole()
	})
}

func TestJournal_a_session_whose_creation_failed_can_be_created_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		create := &protocol.CreateSharedSession{HostSessionID: r.session.HostSessionID, HostUserID: "eve", Mode: protocol.ModeViewOnly}
		j.FailUnwritten(1, journal.ErrFull)
		_, err := r.hub.CreateShared(t.Context(), create, "once")
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
		synctest.Wait()
		first, err := r.hub.CreateShared(t.Context(), create, "once")
		require.NoError(t, err)
		second, err := r.hub.CreateShared(t.Context(), create, "once")
		require.NoError(t, err)
		require.Equal(t, first, second)
		other := *create
		other.Mode = protocol.ModePromptDirect
		_, err = r.hub.CreateShared(t.Context(), &other, "once")
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
	})
}

func TestJournal_the_same_command_id_is_carried_out_once_though_its_answer_was_an_error(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		j.FailUnwritten(1, journal.ErrFull)
		who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		request := protocol.Request{ID: "same", Command: &protocol.Chat{Text: "hello"}}
		_, err := r.hub.Do(t.Context(), r.id, who, request)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
		synctest.Wait()
		first, err := r.hub.Do(t.Context(), r.id, who, request)
		require.NoError(t, err)
		require.False(t, first.Duplicate)
		again, err := r.hub.Do(t.Context(), r.id, who, request)
		require.NoError(t, err)
		require.True(t, again.Duplicate)
		require.Equal(t, first.Payload, again.Payload)
	})
}

func TestJournal_an_append_in_whose_place_another_server_has_written_is_not_done(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		replaced, who := r.hub, hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		pass(time.Second)
		r.host.passOver()
		r.start(r.agents) // another server on the same journal
		theirs := protocol.Request{ID: "theirs", Command: &protocol.Chat{Text: "theirs"}}
		_, err := r.hub.Do(t.Context(), r.id, who, theirs)
		require.NoError(t, err)
		mine := protocol.Request{ID: "mine", Command: &protocol.Chat{Text: "mine"}}
		_, err = replaced.Do(t.Context(), r.id, who, mine)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
		require.False(t, r.host.ready(), "nor is it shown")
		again, err := r.hub.Do(t.Context(), r.id, who, mine)
		require.NoError(t, err)
		require.False(t, again.Duplicate)
	})
}
