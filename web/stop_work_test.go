package web_test

import (
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
	t.Run("an id that the agent does not offer to stop is refused at once", func(t *testing.T) {
		for range 2 {
			stop(t, s.Host, object{"terminalId": "t"}, "Idempotency-Key", "once").fails(protocol.CodeNothingToCancel)
		}
		s.command(s.Host, "chat", object{"text": "next"}).okLine(nil)
		for {
			e := guest.event()
			require.NotEqual(t, protocol.EventAgentStopRequested, e.Type, "nobody learns of it")
			if e.Type == protocol.EventMessageCreated {
				break
			}
		}
	})
	t.Run("not without an agent", func(t *testing.T) {
		s.command(s.Host, "stop_agent", nil).okLine(nil)
		stop(t, s.Host, object{"toolCallId": "c"}).fails(protocol.CodeAgentUnavailable)
	})
}
