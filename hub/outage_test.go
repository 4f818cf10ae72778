package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// outages begin the kinds of outages of a journal, and return a function that ends them.
var outages = map[string]func(j *hubtest.FaultyJournal) (end func()){
	"does not answer":   func(j *hubtest.FaultyJournal) func() { return j.Hold() },
	"cannot be written": func(j *hubtest.FaultyJournal) func() { return j.Break(journal.ErrFull) },
	"can be neither written nor read": func(j *hubtest.FaultyJournal) func() {
		write, read := j.Break(journal.ErrUnavailable), j.BreakReads(journal.ErrUnavailable)
		return func() { write(); read() }
	},
	"fails after it did not answer": func(j *hubtest.FaultyJournal) func() {
		release, mend := j.Hold(), j.Break(journal.ErrUnavailable)
		go func() {
			advance(time.Minute)
			release()
		}()
		return mend
	},
}

// maxAnswerTime bounds how long a command takes during an outage.
const maxAnswerTime = 12 * time.Second

// requireUnavailable checks that commands are answered JOURNAL_UNAVAILABLE in time, without
// a connection and with one.
func (r *room) requireUnavailable() {
	r.t.Helper()
	start := time.Now()
	requireCode(r.t, protocol.CodeJournalUnavailable, r.doAsHost(&protocol.Chat{Text: "hello"}))
	require.Less(r.t, time.Since(start), maxAnswerTime)
	start = time.Now()
	require.Equal(r.t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Chat{Text: "hello"}))
	require.Less(r.t, time.Since(start), maxAnswerTime)
}

func TestOutage_commands_are_answered_and_messages_of_the_agent_are_not_lost(t *testing.T) {
	for name, begin := range outages {
		t.Run("when the journal "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{MaxBacklog: 64 << 20})
				turn := r.startTurn().Turn
				event[*protocol.PromptDispatchStarted](r.host)
				const pieces = 10_000
				n := 0
				sent := make(chan struct{}) // closed once the agent has sent everything
				end := begin(j)
				defer end()
				go func() {
					defer close(sent)
					for ; n < pieces; n++ {
						r.agent.Say(notification(n))
					}
					r.endTurn(turn)
				}()
				for range 50 {
					r.requireUnavailable()
					advance(5 * time.Second)
				}
				synctest.Wait()
				require.Less(t, n, pieces, "the hub does not read the agent further")
				end()
				for i := range pieces {
					require.JSONEq(t, string(notification(i).Raw), string(event[*protocol.HostSessionUpdate](r.host).Notification))
				}
				<-sent
				require.Equal(t, turn, event[*protocol.PromptDispatchCompleted](r.host).ApprovalID)
				r.host.do(&protocol.Chat{Text: "after the outage"}, nil)
				r.host.requireContiguous()
			})
		})
	}
}

// Every attempt to recover reads the session and writes again everything that it keeps.
func TestOutage_the_hub_waits_longer_between_attempts_to_recover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faulty := newJournal()
		j := &countingJournal{Journal: faulty}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{JournalRetry: time.Second})
		mend := faulty.Break(journal.ErrFull)
		r.agent.Say(notification(0))
		advance(10 * time.Minute)
		attempts := j.calls.Load() // a load reads the journal once
		require.Greater(t, attempts, int64(50))
		require.Less(t, attempts, int64(70), "one every ten seconds, after a few quicker ones")
		mend()
		event[*protocol.HostSessionUpdate](r.host)
	})
}

func TestOutage_a_repeated_command_is_carried_out_once(t *testing.T) {
	for name, begin := range outages {
		t.Run("when the journal "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				ben := r.join("ben")
				ben.discard()
				who := r.hostCredentials()
				end := begin(j)
				defer end()
				requests := make([]protocol.Request, 40)
				for i := range requests {
					requests[i] = protocol.Request{ID: fmt.Sprint("once-", i), Command: &protocol.Chat{Text: fmt.Sprint("text ", i)}}
					_, err := r.do(who, requests[i])
					requireCode(t, protocol.CodeJournalUnavailable, err)
				}
				end()
				advance(2 * time.Minute)
				for i := range requests {
					_, err := r.do(who, requests[i])
					require.NoError(t, err)
				}
				texts := map[string]int{}
				for range requests {
					texts[event[*protocol.MessageCreated](ben).Message.Text]++
				}
				require.Len(t, texts, len(requests))
				ben.requireContiguous()
			})
		})
	}
}

func TestOutage_an_answer_to_a_permission_request_times_out(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.startTurn()
		r.agent.Say(permissionRequest("q"))
		asked := event[*protocol.PermissionRequested](r.host).Permission
		release := j.Hold()
		id := r.host.send(&protocol.AnswerPermission{RequestID: asked.RequestID, OptionID: "yes"})
		start := time.Now()
		_, refusal := r.host.answer(id)
		require.Equal(t, protocol.CodeJournalUnavailable, refusal.Code)
		require.Less(t, time.Since(start), maxAnswerTime)
		release()
		event[*protocol.PermissionResolved](r.host)
	})
}

func TestOutage_a_command_to_a_session_that_cannot_be_loaded_times_out(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &hangingJournal{FaultyJournal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		r.host.sub.Close()
		require.NoError(t, r.hub.Stop(t.Context()))
		release := j.hang()
		defer release()
		r.start(r.agents)
		start := time.Now()
		requireCode(t, protocol.CodeJournalUnavailable, r.doAsHost(&protocol.Chat{Text: "hello"}))
		require.Less(t, time.Since(start), maxAnswerTime)
	})
}

// hangingJournal blocks the loads of sessions on demand.
type hangingJournal struct {
	*hubtest.FaultyJournal
	until atomic.Pointer[chan struct{}] // closed by release; nil while loads do not block
}

// hang blocks loads until release is called.
func (h *hangingJournal) hang() (release func()) {
	until := make(chan struct{})
	h.until.Store(&until)
	return func() {
		h.until.Store(nil)
		close(until)
	}
}

func (h *hangingJournal) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	if until := h.until.Load(); until != nil {
		<-*until
	}
	return h.FaultyJournal.Summary(ctx, id)
}
