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
	"parley/protocol"
)

func TestJournal_clients_and_agents_receive_nothing_before_it_is_durable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.discard()
		r.host.discard()
		release := j.Hold()
		chat := ben.send(&protocol.Chat{Text: "hello"})
		prompt := r.host.send(&protocol.Prompt{Prompt: "go"})
		ping := ben.send(&protocol.Ping{})
		synctest.Wait()
		require.False(t, ben.hasOutput(), "an answer does not overtake an earlier event")
		require.False(t, r.host.hasOutput())
		require.Zero(t, r.agent.Prompted(), "the agent receives no prompt that a crash could undo")
		release()
		require.Equal(t, "hello", event[*protocol.MessageCreated](ben).Message.Text)
		_, refusal := ben.answer(chat)
		require.Nil(t, refusal)
		event[*protocol.PromptApproved](ben)
		require.Equal(t, ping, next[*protocol.PongMessage](ben).ID)
		_, refusal = r.host.answer(prompt)
		require.Nil(t, refusal)
		require.Equal(t, "go", r.nextPrompt().Text)
	})
}

func TestJournal_the_commands_of_a_burst_are_answered_in_order(t *testing.T) {
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
		r.host.requireContiguous()
	})
}

func TestJournal_a_slow_disk_blocks_the_senders_of_commands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		synctest.Wait() // nothing of the start is being appended, which would make room later
		release := j.Hold()
		defer release()
		for range hub.MaxPending {
			r.host.send(&protocol.Chat{Text: "hello"})
			synctest.Wait() // so that each command is an append
		}
		for range hub.InboxSize {
			r.host.send(&protocol.Chat{Text: "hello"})
		}
		synctest.Wait()
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, r.host.sub.Send(soon, protocol.Request{Command: &protocol.Ping{}}), context.DeadlineExceeded)
		release()
		for range hub.MaxPending + hub.InboxSize {
			event[*protocol.MessageCreated](r.host)
		}
	})
}

func TestJournal_a_failed_append(t *testing.T) {
	cases := []struct {
		name    string
		written bool
	}{
		{"that was not written is answered with an error", false},
		{"that was written is answered as successful", true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				ben := r.join("ben")
				ben.discard()
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
				r.host.do(&protocol.Chat{Text: "two"}, nil)
				require.Equal(t, "two", event[*protocol.MessageCreated](ben).Message.Text, "the next event, and only once")
				ben.requireContiguous()
			})
		})
	}
}

func TestJournal_appends_that_follow_one_with_an_unknown_outcome_are_not_lost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.discard()
		release := j.Hold()
		j.FailWritten(1, journal.ErrUnavailable)
		var ids []string
		for _, text := range []string{"one", "two", "three"} {
			ids = append(ids, r.host.send(&protocol.Chat{Text: text}))
			synctest.Wait() // so that each command is an append
		}
		release()
		for i, text := range []string{"one", "two", "three"} {
			require.Equal(t, text, event[*protocol.MessageCreated](ben).Message.Text)
			_, err := r.host.answer(ids[i])
			require.Nil(t, err)
		}
		ben.requireContiguous()
	})
}

func TestJournal_messages_of_the_agent_are_not_lost_in_an_outage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		turn := r.startTurn().Turn
		event[*protocol.PromptDispatchStarted](r.host)
		j.FailUnwritten(7, journal.ErrFull)
		for i := range 5 {
			r.agent.Say(notification(i))
			synctest.Wait()
		}
		r.endTurn(turn)
		for i := range 5 {
			require.JSONEq(t, string(notification(i).Raw), string(event[*protocol.HostSessionUpdate](r.host).Notification))
		}
		require.Equal(t, turn, event[*protocol.PromptDispatchCompleted](r.host).ApprovalID)
		r.host.requireContiguous()
	})
}

func TestJournal_a_session_whose_creation_failed_can_be_created_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		create := &protocol.CreateSharedSession{HostSessionID: r.session.HostSessionID, HostUserID: "eve", Mode: protocol.ModeViewOnly}
		j.FailUnwritten(1, journal.ErrFull)
		_, err := r.hub.CreateShared(t.Context(), create, "once")
		requireCode(t, protocol.CodeJournalUnavailable, err)
		synctest.Wait()
		first, err := r.hub.CreateShared(t.Context(), create, "once")
		require.NoError(t, err)
		second, err := r.hub.CreateShared(t.Context(), create, "once")
		require.NoError(t, err)
		require.Equal(t, first, second)
		other := *create
		other.Mode = protocol.ModePromptDirect
		_, err = r.hub.CreateShared(t.Context(), &other, "once")
		requireCode(t, protocol.CodeInvalidRequest, err)
	})
}

func TestJournal_a_command_id_whose_first_answer_was_an_error_is_carried_out_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		j.FailUnwritten(1, journal.ErrFull)
		who := r.hostCredentials()
		request := protocol.Request{ID: "same", Command: &protocol.Chat{Text: "hello"}}
		_, err := r.do(who, request)
		requireCode(t, protocol.CodeJournalUnavailable, err)
		synctest.Wait()
		first, err := r.do(who, request)
		require.NoError(t, err)
		require.False(t, first.Duplicate)
		r.requireDuplicate(who, request, first)
	})
}

func TestJournal_an_append_after_another_server_has_written_is_refused(t *testing.T) {
	for name, fail := range map[string]func(j *hubtest.FaultyJournal){
		"by the journal": func(*hubtest.FaultyJournal) {},
		"if the journal does not say whether it was written": func(j *hubtest.FaultyJournal) { j.FailUnwritten(1, journal.ErrUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				who := r.hostCredentials()
				advance(time.Second)
				r.host.discard()
				former := r.replaceHub()
				_, err := r.do(who, protocol.Request{ID: "theirs", Command: &protocol.Chat{Text: "theirs"}})
				require.NoError(t, err)
				synctest.Wait()
				fail(j)
				mine := protocol.Request{ID: "mine", Command: &protocol.Chat{Text: "mine"}}
				_, err = former.Do(t.Context(), r.id, who, mine)
				requireCode(t, protocol.CodeJournalUnavailable, err)
				require.False(t, r.host.hasOutput(), "clients do not receive the event")
				again, err := r.do(who, mine)
				require.NoError(t, err)
				require.False(t, again.Duplicate)
			})
		})
	}
}
