package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_StopWork(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	guest, _ := s.connect(gil)
	stop := func(t *testing.T, who person, body object, headers ...string) reply {
		return w.in(t).call("POST", s.path("/stop-work"), who.with(body), headers...)
	}
	t.Run("only the host", func(t *testing.T) {
		stop(t, gil, object{"toolCallId": "c"}).fails(protocol.CodeHostRequired)
	})
	t.Run("exactly one id", func(t *testing.T) {
		for _, body := range []object{
			{}, {"toolCallId": ""}, {"toolCallId": "c", "terminalId": "t"}, {"toolCallId": 7}, {"terminalId": nil},
			{"terminalId": strings.Repeat("x", 1025)},
		} {
			stop(t, s.Host, body).fails(protocol.CodeInvalidRequest)
		}
	})
	t.Run("everybody sees it once, and the refusal of an agent that does not offer it", func(t *testing.T) {
		for range 2 {
			stop(t, s.Host, object{"terminalId": "t"}, "Idempotency-Key", "once").ok(http.StatusOK, nil)
		}
		asked := nextOf[*protocol.AgentStopRequested](t, guest)
		require.Equal(t, "t", asked.TerminalID)
		require.Equal(t, s.Host.UserID, asked.Participant.UserID)
		refused := nextOf[*protocol.AgentStopRefused](t, guest)
		require.Equal(t, "t", refused.TerminalID)
		require.NotEmpty(t, refused.Reason)
	})
	t.Run("not without an agent", func(t *testing.T) {
		s.command(s.Host, "stop_agent", nil).okLine(nil)
		stop(t, s.Host, object{"toolCallId": "c"}).fails(protocol.CodeAgentUnavailable)
	})
}
