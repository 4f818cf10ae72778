package hub_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// shareExpiring creates a shared session that expires, without a connection of its
// host. The room continues with that session.
func (r *room) shareExpiring(minutes int64) {
	r.t.Helper()
	r.createShared(&protocol.CreateSharedSession{
		HostSessionID: r.session.HostSessionID, Mode: protocol.ModePromptDirect, ExpiresInMinutes: &minutes,
	})
}

func TestLife_a_session_expires_at_its_time(t *testing.T) {
	cases := []struct {
		name    string
		minutes int64
	}{{"while it is in memory", 2}, {"after it has left memory", 600}}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.shareExpiring(tc.minutes)
				advance(time.Duration(tc.minutes)*time.Minute - time.Second)
				require.NotContains(t, r.eventTypes(), string(protocol.EventSessionClosed))
				advance(2 * time.Second)
				types := r.eventTypes()
				require.Equal(t, string(protocol.EventSessionClosed), types[len(types)-1])
				_, _, err := r.hub.State(t.Context(), r.id, nil)
				requireCode(t, protocol.CodeSessionInactive, err)
			})
		})
	}
}

func TestLife_expiry_fails_prompts_and_cancels_the_running_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.shareExpiring(5)
		p := r.attach(&r.owner)
		p.do(&protocol.Prompt{Prompt: "one"}, nil)
		p.do(&protocol.Prompt{Prompt: "two"}, nil)
		r.nextPrompt()
		advance(6 * time.Minute)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		require.Equal(t, protocol.CloseSessionEnded, p.closeCode())
		types := r.eventTypes()
		require.Equal(t, []string{"prompt_dispatch_failed", "prompt_dispatch_failed", "session_closed"}, types[len(types)-3:])
		require.Zero(t, r.agent.Prompted(), "queued prompts do not run")
	})
}

func TestLife_a_session_is_complete_after_it_left_memory(t *testing.T) {
	cases := map[string]func(r *room){
		"when it was idle": func(r *room) {
			advance(20 * time.Minute)
			require.Equal(r.t, 1, r.hub.SessionsInMemory(), "the host session, whose agent runs, stays in memory")
		},
		"when the hub stopped": func(r *room) {
			require.NoError(r.t, r.hub.Stop(r.t.Context()))
			r.start(r.agents)
		},
	}
	for name, leave := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{SnapshotEvery: 5})
				ben := r.join("ben")
				ben.do(&protocol.Prompt{Prompt: "please"}, nil)
				for i := range 12 {
					ben.do(&protocol.Chat{Text: strconv.Itoa(i)}, nil)
				}
				cem := r.join("cem")
				r.host.do(&protocol.SetRole{ParticipantID: cem.me.ID, Role: protocol.RoleViewer}, nil)
				before := r.state()
				for _, p := range []*client{r.host, ben, cem} {
					p.sub.Close()
				}
				leave(r)
				after := r.state()
				require.Equal(t, before.Participants, after.Participants)
				require.Equal(t, before.Approvals, after.Approvals)
				require.Len(t, r.messages(), 13)
				back := ben.resume(ben.cursor())
				require.Equal(t, protocol.ResumeOK, back.welcome.Resume)
			})
		})
	}
}

func TestLife_a_snapshot_that_cannot_be_used_is_ignored(t *testing.T) {
	cases := map[string]func(s *journal.Snapshot){
		"of an unknown version": func(s *journal.Snapshot) { s.Version = 99 },
		"that is damaged":       func(s *journal.Snapshot) { s.State = s.State[:len(s.State)/2] },
		"that is empty":         func(s *journal.Snapshot) { s.State = []byte("{}") },
	}
	for name, damage := range cases {
		t.Run(name, func(t *testing.T) {
			r, j := newRoom(t, hub.Options{})
			for range 5 {
				r.host.do(&protocol.Chat{Text: "hello"}, nil)
			}
			require.NoError(t, r.hub.Stop(t.Context()))
			id := sessionID(t, r.id)
			snapshot, err := j.Snapshot(t.Context(), id)
			require.NoError(t, err)
			damage(&snapshot)
			w, err := j.Own(t.Context(), id.Partition())
			require.NoError(t, err)
			require.NoError(t, w.PutSnapshot(snapshot).Err())
			r.start(r.agents)
			require.Len(t, r.host.reconnect().welcome.Participants, 1)
		})
	}
}
