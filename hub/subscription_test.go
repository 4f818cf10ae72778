package hub_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

func TestSubscription_of_a_slow_client_is_closed_and_others_continue(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklog: 4096})
	slow := r.join("ben")
	for range 40 {
		r.host.do(&protocol.Chat{Text: strings.Repeat("x", 200)}, nil)
	}
	require.Equal(t, protocol.CloseTooSlow, slow.closeCode())
	r.host.do(&protocol.Chat{Text: "still here"}, nil)
	back := slow.resume(slow.cursor())
	for event[*protocol.MessageCreated](back).Message.Text != "still here" {
	}
	back.requireContiguous()
}

func TestSubscription_resume(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	other, _ := newRoom(t, hub.Options{})
	ben := r.join("ben")
	for range 3 {
		ben.do(&protocol.Chat{Text: "hello"}, nil)
	}
	other.host.do(&protocol.Chat{Text: "elsewhere"}, nil)
	last, err := protocol.ParseCursor(ben.seen[2])
	require.NoError(t, err)
	future, tampered := last, last
	future.Seq += 5
	tampered.Tag[0]++
	const newest = "newest"
	cases := []struct {
		name, cursor, resume string
		first                string // the cursor of the first event that follows
	}{
		{"without a cursor begins with the next event", "", protocol.ResumeNew, ""},
		{"with a cursor continues after it", ben.seen[0], protocol.ResumeOK, ben.seen[1]},
		{"with the newest cursor continues after it", newest, protocol.ResumeOK, ""},
		{"with a cursor of another session is a gap", other.host.seen[0], protocol.ResumeGap, ""},
		{"with a cursor of a future event is a gap", future.String(), protocol.ResumeGap, ""},
		{"with a cursor of another history is a gap", tampered.String(), protocol.ResumeGap, ""},
		{"with nonsense is a gap", "nonsense", protocol.ResumeGap, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if tc.cursor == newest {
				tc.cursor = ben.cursor()
			}
			p := ben.resume(tc.cursor)
			require.Equal(t, tc.resume, p.welcome.Resume)
			ben.do(&protocol.Chat{Text: "next"}, nil)
			first := tc.first
			if first == "" {
				first = ben.seen[len(ben.seen)-1]
			}
			event[*protocol.MessageCreated](p)
			require.Equal(t, first, p.seen[0])
			p.sub.Close()
		})
	}
}

func TestSubscription_turns_from_replay_to_live_without_a_gap_or_a_duplicate(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklog: 2048, SnapshotEvery: 50})
	ben := r.join("ben")
	begin := ben.cursor()
	const events = 600
	go func() {
		for range events {
			if ben.sub.Send(t.Context(), protocol.Request{Command: &protocol.Typing{}}) != nil {
				return
			}
		}
	}()
	written := make(chan struct{})
	go func() {
		defer close(written)
		who := r.hostCredentials()
		for range events {
			_, _ = r.do(who, protocol.Request{Command: &protocol.Chat{Text: "hello"}})
		}
	}()
	p := ben.resume(begin)
	for len(p.seen) < events {
		if _, err := p.tryNext(); err != nil { // the client was too slow, and reconnects
			p.sub.Close()
			seen := p.seen
			p = ben.resume(p.cursor())
			p.seen = append(seen, p.seen...)
		}
	}
	p.requireContiguous()
	<-written
}

func TestSubscription_an_answer_keeps_its_place_while_events_are_replayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		begin := r.host.cursor()
		for range 3 {
			r.host.do(&protocol.Chat{Text: "before"}, nil)
		}
		back := r.host.resume(begin)
		id := back.send(&protocol.Chat{Text: "mine"})
		synctest.Wait()
		r.host.do(&protocol.Chat{Text: "after"}, nil)
		_, err := back.answer(id)
		require.Nil(t, err)
		require.Equal(t, r.host.seen[3], back.seen[len(back.seen)-1], "after its event and before the next one")
	})
}

func TestSubscription_of_a_client_that_disconnects_while_it_joins_is_removed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.discard()
		release := j.Hold()
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			join := protocol.Request{ID: "1", Command: &protocol.Join{InviteToken: r.invite, UserID: "ben"}}
			_, err := r.hub.Attach(ctx, r.id, join, hub.AttachOptions{})
			failed <- err
		}()
		synctest.Wait()
		cancel()
		require.Error(t, <-failed)
		release()
		event[*protocol.ParticipantJoined](r.host)
		advance(time.Second)
		r.host.discard()
		require.Equal(t, []string{r.host.me.ID}, r.host.reconnect().welcome.Presence, "only the host is connected")
	})
}

func TestSubscription_of_a_removed_participant_yields_no_later_event(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		behind := ben.resume(ben.cursor())
		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		r.host.do(&protocol.Chat{Text: "a secret"}, nil)
		require.Equal(t, protocol.CloseRemoved, ben.closeCode())
		require.Equal(t, protocol.CloseRemoved, behind.closeCode())
		require.NotContains(t, ben.seen, r.host.seen[len(r.host.seen)-1])
		require.NotContains(t, behind.seen, r.host.seen[len(r.host.seen)-1])
	})
}

// A connection can close while its commands wait. They are carried out, and their answers
// are dropped.
func TestSubscription_commands_of_a_closed_connection_are_carried_out(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.sub.Close()
		synctest.Wait()
		release := j.Hold()
		ben.send(&protocol.Chat{Text: "first"})
		ben.send(&protocol.Chat{Text: "second"})
		synctest.Wait()
		release() // so that both are answered in one batch
		synctest.Wait()
		ben.send(&protocol.Chat{Text: "third"})
		var said []string
		for len(said) < 3 {
			if e, ok := r.host.next().(*protocol.Event); ok && e.Type == protocol.EventMessageCreated {
				said = append(said, e.Payload.(*protocol.MessageCreated).Message.Text)
			}
		}
		require.Equal(t, []string{"first", "second", "third"}, said)
	})
}

func TestSubscription_ends_with_a_close_code(t *testing.T) {
	cases := []struct {
		name string
		end  func(r *room, ben *client)
		code int
	}{
		{"when the host removes the participant", func(r *room, ben *client) { r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil) }, protocol.CloseRemoved},
		{"when the participant leaves", func(_ *room, ben *client) { ben.do(&protocol.Leave{}, nil) }, 1000},
		{"when the session closes", func(r *room, _ *client) { r.host.do(&protocol.Close{}, nil) }, protocol.CloseSessionEnded},
		{"when the server stops", func(r *room, _ *client) { require.NoError(r.t, r.hub.Stop(r.t.Context())) }, protocol.CloseGoingAway},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := newRoom(t, hub.Options{})
			ben := r.join("ben")
			tc.end(r, ben)
			require.Equal(t, tc.code, ben.closeCode())
		})
	}
}

// The newest dropped message is sent later. It does not follow the list that the client
// has, so the client requests the whole list.
func TestSubscription_a_client_detects_a_dropped_presence_message(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxBacklog: 64 << 10})
		r.host.discard()
		ben := r.join("ben")
		for range 8 { // until more than half of MaxBacklog waits for the host
			ben.do(&protocol.Chat{Text: strings.Repeat("x", 5<<10)}, nil)
		}
		advance(time.Second)
		cem := r.join("cem")
		advance(time.Second)
		list := protocol.PresenceAnswer{Epoch: r.host.welcome.PresenceEpoch, At: r.host.welcome.PresenceAt, Participants: r.host.welcome.Presence}
		require.False(t, list.Apply(next[*protocol.PresenceMessage](r.host).Payload), "the message about ben was dropped")
		r.host.do(&protocol.AskPresence{}, &list)
		require.Equal(t, []string{r.host.me.ID, ben.me.ID, cem.me.ID}, list.Participants)
		cem.sub.Close()
		require.True(t, list.Apply(next[*protocol.PresenceMessage](r.host).Payload))
		require.Equal(t, []string{r.host.me.ID, ben.me.ID}, list.Participants)
	})
}

func TestSubscription_a_participant_has_a_limited_number_of_connections(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxOwnConnections: 2})
	r.host.reconnect()
	_, err := r.tryAttach(&r.owner)
	requireCode(t, protocol.CodeTooManyParticipants, err)
	r.join("ben")
}

func TestSubscription_of_a_participant_who_has_left_is_not_kept_in_memory(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	sub := r.visit("ben")
	for deadline := time.Now().Add(time.Minute); sub.Value() != nil; runtime.GC() {
		require.True(t, time.Now().Before(deadline), "the subscription is still in memory")
	}
}

// visit joins and leaves. The caller keeps no reference to the connection.
func (r *room) visit(user string) weak.Pointer[feed.Subscription] {
	join := protocol.Request{ID: "1", Command: &protocol.Join{InviteToken: r.invite, UserID: user}}
	sub, err := r.hub.Attach(r.t.Context(), r.id, join, hub.AttachOptions{})
	require.NoError(r.t, err)
	ben := &client{t: r.t, room: r, sub: sub}
	ben.do(&protocol.Leave{}, nil)
	require.Equal(r.t, 1000, ben.closeCode())
	sub.Close()
	return weak.Make(sub)
}
