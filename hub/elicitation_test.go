package hub_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
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

// startAsker is a launcher whose agents ask for input while they start, once asks is set.
type startAsker struct {
	*hubtest.Agents
	asks  atomic.Bool
	given chan rules.ElicitationReply // sent to by Launch, received by the test; capacity 1, so that Launch does not wait
}

func (l *startAsker) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	if l.asks.Load() {
		answered := make(chan rules.ElicitationReply, 1) // sent to once, by the hub
		sink(rules.AgentReachable{Answer: func(_ string, reply rules.ElicitationReply) { answered <- reply }})
		sink(formRequest("start"))
		select {
		case reply := <-answered:
			l.given <- reply
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return l.Agents.Launch(ctx, spec, sink)
}

// An agent that starts for a prompt asks in the session of that prompt, before it is ready.
func TestElicitation_of_an_agent_that_starts_is_answered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &startAsker{Agents: hubtest.NewAgents(), given: make(chan rules.ElicitationReply, 1)}
		r := newRoomOn(t, newJournal(), l, hub.Options{})
		agent, err := l.Next(t.Context())
		require.NoError(t, err)
		l.asks.Store(true)
		agent.Exit(1)
		synctest.Wait()
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		require.Equal(t, "start", event[*protocol.ElicitationRequested](r.host).RequestID)
		r.host.do(&protocol.Answer{RequestID: "start", Action: protocol.ElicitationDecline}, nil)
		require.Equal(t, rules.ElicitationReply{Action: protocol.ElicitationDecline}, <-l.given)
		agent, err = l.Next(t.Context())
		require.NoError(t, err)
		_, err = agent.NextPrompt(t.Context())
		require.NoError(t, err, "the prompt runs once the agent is ready")
	})
}

// Nobody can answer while the first agent of a host session starts: it is refused.
func TestElicitation_without_a_shared_session_is_refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &startAsker{Agents: hubtest.NewAgents(), given: make(chan rules.ElicitationReply, 1)}
		l.asks.Store(true)
		newRoomOn(t, newJournal(), l, hub.Options{})
		require.NotEmpty(t, (<-l.given).Refusal)
	})
}
