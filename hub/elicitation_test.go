package hub_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/rules"
	"parley/protocol"
)

// formRequest returns an agent's request for input, by a form with one field.
func formRequest(id string) rules.AgentElicitation {
	form := &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "pin", Type: protocol.FieldString, Required: true}}}
	return rules.AgentElicitation{Elicitation: protocol.Elicitation{RequestID: id, Mode: protocol.ElicitationModeForm, Message: "PIN?", Form: form}}
}

func TestElicitation_only_the_first_answer_counts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.startTurn()
		r.agent.Say(formRequest("q"))
		event[*protocol.ElicitationRequested](r.host)
		other := r.host.reconnect()
		require.Len(t, other.welcome.Elicitations, 1, "the welcome has the request")
		release := j.Hold()
		first := r.host.send(&protocol.Answer{RequestID: "q", Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"pin":"1"}`)})
		synctest.Wait()
		second := other.send(&protocol.Answer{RequestID: "q", Action: protocol.ElicitationDecline})
		synctest.Wait()
		release()
		_, err := r.host.answer(first)
		require.Nil(t, err)
		_, err = other.answer(second)
		require.Equal(t, protocol.CodeElicitationAlreadyResolved, err.Code)
		given, failed := r.agent.NextReply(t.Context())
		require.NoError(t, failed)
		require.Equal(t, hubtest.ElicitationAnswer{RequestID: "q", Reply: rules.ElicitationReply{
			Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"pin":"1"}`)}}, given)
	})
}
