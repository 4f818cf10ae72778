package web_test

import (
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestAudit_says_who_did_what_and_from_where(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil, rob := s.join("gil", protocol.RoleCollaborator), s.join("rob", protocol.RoleViewer)
	s.say(gil, "talk is no act")
	host, _ := s.connect(s.Host)
	proposed := s.prompt(gil, "permission")
	s.resolve(proposed.ID, "approve")
	asked := nextOf[*protocol.PermissionRequested](t, host)
	s.command(s.Host, "permission", object{"requestId": asked.RequestID, "optionId": "reject"}).okLine(nil)
	nextOf[*protocol.PromptDispatchCompleted](t, host)
	s.command(s.Host, "set_role", object{"participantId": gil.ID, "role": "viewer"}).okLine(nil)
	s.command(s.Host, "remove", object{"participantId": rob.ID, "reason": "spam"}).okLine(nil)
	s.leave(gil)
	s.close()

	var audit protocol.AuditAnswer
	w.call("GET", s.path("/audit"), nil).ok(http.StatusOK, &audit)
	var acts []string
	for _, e := range audit.Entries {
		require.Equal(t, "127.0.0.1", e.Address, e.Act)
		require.NotEmpty(t, e.Cursor)
		acts = append(acts, e.Participant.UserID+" "+e.Act)
	}
	require.Equal(t, []string{
		"hana created the session", "gil joined", "rob joined", "gil proposed a prompt", "hana approved a prompt",
		"hana answered a permission request", "hana changed the role", "hana replaced the invite", "hana removed a participant", "gil left", "hana closed the session",
	}, acts)
	require.Equal(t, "rob spam", regexp.MustCompile(`[()]`).ReplaceAllString(audit.Entries[8].Detail, ""))
	require.Contains(t, audit.Entries[5].Detail, "reject")
	require.Equal(t, proposed.ID, audit.Entries[4].Subject)

	t.Run("no participant receives an address", func(t *testing.T) {
		body := w.in(t).call("GET", s.path("/archive"), nil, s.Host.headers()...).ok(http.StatusOK, nil).body
		require.NotContains(t, string(body), "127.0.0.1")
		require.NotContains(t, string(body), "caller")
	})
	w.call("GET", sharedAPI+"/"+s.Agent+"/audit", nil).fails(protocol.CodeSessionNotFound)
	w.call("GET", sharedAPI+"/x/audit", nil).fails(protocol.CodeSessionNotFound)
}

// An event type that is neither an act nor named here was forgotten.
func TestAudit_every_event_type_is_an_act_or_none(t *testing.T) {
	acts, err := os.ReadFile("../hub/lookup/audit.go")
	require.NoError(t, err)
	types, err := os.ReadFile("../protocol/event_type.go")
	require.NoError(t, err)
	none := map[string]bool{}
	for _, name := range []string{
		"MessageCreated", "PromptQueued", "PromptDispatchStarted", "PromptDispatchCompleted", "PromptDispatchFailed", "HostSessionUpdate",
		"PermissionRequested", "PermissionWithdrawn", "ElicitationRequested", "ElicitationWithdrawn", "ElicitationCompleted", "ElicitationRefused",
		"AgentSession", "AgentStrayOutput", "AgentSlowed", "AgentUpdated", "AgentConfigured", "AgentConfigureFailed", "AgentSignedIn",
		"AgentSignInFailed", "AgentTurnStarted", "AgentTurnEnded", "AgentStopRefused",
	} {
		none["Event"+name] = true
	}
	for _, name := range regexp.MustCompile(`(?m)^\t(Event\w+) +EventType = `).FindAllSubmatch(types, -1) {
		isAct := regexp.MustCompile(`protocol\.` + string(name[1]) + `: `).Match(acts)
		require.NotEqual(t, isAct, none[string(name[1])], "%s is to be in the table of acts, or in this test", name[1])
	}
}
