package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// nextOf returns the next event of a type.
func nextOf[P protocol.Payload](t *testing.T, c *wsClient) P {
	t.Helper()
	for {
		if p, ok := c.event().Payload.(P); ok {
			return p
		}
	}
}

func TestContract_Configure(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	other := w.shareOn(s.Agent, protocol.ModePromptWithApproval)
	guest, _ := s.connect(gil)
	elsewhere, _ := other.connect(other.Host)
	set := func(t *testing.T, who person, body object, headers ...string) reply {
		return w.in(t).call("POST", s.path("/configure"), who.with(body), headers...)
	}
	t.Run("only the host", func(t *testing.T) {
		set(t, gil, object{"optionId": "model", "value": "storyteller-mini"}).fails(protocol.CodeHostRequired)
	})
	t.Run("only what the agent offers", func(t *testing.T) {
		for _, body := range []object{
			{"optionId": "none", "value": "x"}, {"optionId": "model", "value": "x"}, {"optionId": "model", "value": true},
			{"optionId": "hurry", "value": "true"}, {"optionId": "model", "value": 1}, {"optionId": "model", "value": nil},
			{"optionId": "model"}, {"value": "x"}, {"optionId": "model", "value": object{}}, {"optionId": "model", "value": "x", "forget": true},
		} {
			set(t, s.Host, body).fails(protocol.CodeInvalidRequest)
		}
	})
	t.Run("in every session on the agent, and once", func(t *testing.T) {
		for range 2 {
			set(t, s.Host, object{"optionId": "model", "value": "storyteller-mini"}, "Idempotency-Key", "once").ok(http.StatusOK, nil)
		}
		for _, c := range []*wsClient{guest, elsewhere} {
			began := nextOf[*protocol.AgentConfiguring](t, c)
			require.Equal(t, "model", began.OptionID)
			require.Equal(t, s.Host.UserID, began.Participant.UserID)
			done := nextOf[*protocol.AgentConfigured](t, c)
			require.JSONEq(t, `"storyteller-mini"`, string(done.Value))
		}
	})
	t.Run("with the agent's refusal", func(t *testing.T) {
		host, _ := s.connect(s.Host)
		host.send(commandLine("max", "configure", object{"optionId": "model", "value": "storyteller-max"}))
		host.ok("max")
		require.Contains(t, nextOf[*protocol.AgentConfigureFailed](t, elsewhere).Reason, "not available")
		w.in(t).call("POST", s.path("/commands"), object{"id": "f", "type": "configure", "payload": object{"optionId": "model", "forget": true}}, s.Host.headers()...).okLine(nil)
		require.JSONEq(t, "null", string(nextOf[*protocol.AgentConfigured](t, elsewhere).Value))
	})
	t.Run("not without an agent", func(t *testing.T) {
		s.command(s.Host, "stop_agent", nil).okLine(nil)
		set(t, s.Host, object{"optionId": "model", "value": "storyteller"}).fails(protocol.CodeAgentUnavailable)
	})
}
