package hub_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// shareFor makes one more shared session on the room's agent that expires, and
// lets the room go on with that.
func (r *room) shareFor(minutes int64) {
	r.t.Helper()
	a, err := r.hub.CreateShared(r.t.Context(), &protocol.CreateSharedSession{
		HostSessionID: r.session.HostSessionID, HostUserID: "ada", Mode: protocol.ModePromptDirect, ExpiresInMinutes: &minutes,
	}, "")
	require.NoError(r.t, err)
	r.session, r.id, r.invite = a.Session, a.Session.ID, a.InviteToken
	r.owner = protocol.Resume{ParticipantID: a.HostParticipant.ID, ParticipantToken: *a.HostParticipant.AccessToken}
}

func (r *room) record(id string) []string {
	r.t.Helper()
	session, err := journal.ParseSessionID(id)
	require.NoError(r.t, err)
	var types []string
	for rec, err := range r.journal.Read(r.t.Context(), session, 1) {
		require.NoError(r.t, err)
		types = append(types, rec.Type)
	}
	return types
}

func TestLife_a_session_expires_at_its_time(t *testing.T) {
	cases := []struct {
		name    string
		minutes int64
	}{{"while it is awake", 2}, {"while it sleeps", 600}}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.shareFor(tc.minutes)
				pass(time.Duration(tc.minutes)*time.Minute - time.Second)
				require.NotContains(t, r.record(r.id), string(protocol.EventSessionClosed))
				pass(2 * time.Second)
				types := r.record(r.id)
				require.Equal(t, string(protocol.EventSessionClosed), types[len(types)-1])
				_, _, err := r.hub.State(t.Context(), r.id, nil)
				require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeSessionInactive})
			})
		})
	}
}

func TestLife_expiry_fails_what_runs_and_ends_its_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.shareFor(5)
		p := r.attach(&r.owner)
		p.say(&protocol.Prompt{Prompt: "one"}, nil)
		p.say(&protocol.Prompt{Prompt: "two"}, nil)
		r.prompted()
		pass(6 * time.Minute)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		require.Equal(t, protocol.CloseSessionEnded, p.closed())
		types := r.record(r.id)
		require.Equal(t, []string{"prompt_dispatch_failed", "prompt_dispatch_failed", "session_closed"}, types[len(types)-3:])
		require.Zero(t, r.agent.Prompted(), "what was queued never runs")
	})
}

func TestLife_a_session_that_slept_has_everything(t *testing.T) {
	cases := map[string]func(r *room){
		"after idling": func(r *room) {
			pass(20 * time.Minute)
			require.Equal(r.t, 1, r.hub.Awake(), "but for the host session, whose agent runs")
		},
		"after a restart": func(r *room) {
			require.NoError(r.t, r.hub.Stop(r.t.Context()))
			r.start(r.agents)
		},
	}
	for name, sleep := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{SnapshotEvery: 5})
				ben := r.join("ben")
				ben.say(&protocol.Prompt{Prompt: "please"}, nil)
				for i := range 12 {
					ben.say(&protocol.Chat{Text: strconv.Itoa(i)}, nil)
				}
				cem := r.join("cem")
				r.host.say(&protocol.SetRole{ParticipantID: cem.me.ID, Role: protocol.RoleViewer}, nil)
				before := r.state()
				for _, p := range []*person{r.host, ben, cem} {
					p.sub.Close()
				}
				sleep(r)
				after := r.state()
				require.Equal(t, before.Participants, after.Participants)
				require.Equal(t, before.Approvals, after.Approvals)
				require.Len(t, r.messages(), 13)
				back := ben.resume(r.cursorOf(ben))
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
	for name, harm := range cases {
		t.Run(name, func(t *testing.T) {
			r, j := newRoom(t, hub.Options{})
			for range 5 {
				r.host.say(&protocol.Chat{Text: "hello"}, nil)
			}
			require.NoError(t, r.hub.Stop(t.Context()))
			id, err := journal.ParseSessionID(r.id)
			require.NoError(t, err)
			snapshot, err := j.Snapshot(t.Context(), id)
			require.NoError(t, err)
			harm(&snapshot)
			w, err := j.Own(t.Context(), id.Partition())
			require.NoError(t, err)
			require.NoError(t, w.PutSnapshot(snapshot).Err())
			r.start(r.agents)
			require.Len(t, r.host.again().welcome.Participants, 1)
		})
	}
}

func TestLife_stopping_shows_what_was_decided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		release := j.Hold()
		id := r.host.send(&protocol.Chat{Text: "the last word"})
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
		require.Equal(t, protocol.CloseGoingAway, r.host.closed())
		r.host.whole()
	})
}

func TestLife_who_asks_while_the_hub_stops_is_answered(t *testing.T) {
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
