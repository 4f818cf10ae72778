package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/protocol"
)

func TestPermission_only_the_first_answer_counts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.startTurn()
		r.askPermission("q")
		other := r.host.reconnect()
		require.Len(t, other.welcome.Permissions, 1, "the welcome has the request")
		release := j.Hold()
		first := r.host.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
		synctest.Wait()
		second := other.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "no"})
		synctest.Wait()
		release()
		_, err := r.host.answer(first)
		require.Nil(t, err)
		_, err = other.answer(second)
		require.Equal(t, protocol.CodePermissionAlreadyResolved, err.Code)
		answer, failed := r.agent.NextAnswer(t.Context())
		require.NoError(t, failed)
		require.Equal(t, hubtest.PermissionAnswer{RequestID: "q", OptionID: "yes"}, answer)
		require.Equal(t, protocol.CodePermissionAlreadyResolved, r.host.errorCode(&protocol.AnswerPermission{RequestID: "q", OptionID: "no"}))
	})
}

func TestPermission_without_an_answer_is_rejected_after_the_timeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.startTurn()
		r.askPermission("q")
		advance(31 * time.Minute)
		answer, err := r.agent.NextAnswer(t.Context())
		require.NoError(t, err)
		require.Equal(t, "no", answer.OptionID)
		require.Equal(t, protocol.SourceTimeout, event[*protocol.PermissionResolved](r.host).Source)
	})
}

func TestPermission_of_a_turn_is_requested_in_its_shared_session_only(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first := r.host
		r.share(r.session.HostSessionID)
		second := r.host
		r.agent.Say(permissionRequest("before"))
		event[*protocol.PermissionRequested](first)
		event[*protocol.PermissionRequested](second)
		second.do(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextPrompt()
		second.do(&protocol.AnswerPermission{RequestID: "before", OptionID: "yes"}, nil)
		require.Equal(t, "before", event[*protocol.PermissionResolved](first).RequestID, "every session with the request receives the answer")
		r.agent.Say(permissionRequest("during"))
		r.agent.Say(notification(1))
		event[*protocol.PermissionRequested](second)
		event[*protocol.HostSessionUpdate](second)
		for {
			e := next[*protocol.Event](first)
			require.NotEqual(t, protocol.EventPermissionRequested, e.Type)
			if e.Type == protocol.EventHostSessionUpdate {
				return
			}
		}
	})
}
