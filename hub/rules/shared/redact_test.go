package shared_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/redact"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

const secretKey = "AKIAIOSFODNN7EXAMPLE"

func redacting(t *testing.T) *rulestest.Fixture {
	t.Helper()
	r, err := redact.New(redact.Options{})
	require.NoError(t, err)
	return rulestest.NewFixture(t, rules.Settings{Redact: r})
}

func TestRedact_nobody_decides_on_what_is_masked(t *testing.T) {
	s := redacting(t)
	ben := s.Join("ben", protocol.RoleCollaborator)
	host := s.State.Host()
	for _, hides := range []bool{false, true} {
		require.True(t, s.State.SeesWhole(host, hides))
		require.Equal(t, !hides, s.State.SeesWhole(ben, hides))
	}
}

func TestRedact_a_snapshot_keeps_what_readers_see(t *testing.T) {
	s := redacting(t)
	ben := s.Join("ben", protocol.RoleCollaborator)
	require.NoError(t, s.Do(s.Session, shared.Command{
		Sender:  shared.Sender{ParticipantID: ben.ID, Connected: true},
		Request: protocol.Request{ID: "p", Command: &protocol.Prompt{Prompt: "use " + secretKey}},
	}).Err)
	title := "title " + secretKey
	s.Do(s.Session, rules.AgentFactsChanged{Facts: protocol.AgentFacts{SessionTitle: &title}})
	s.Do(s.Session, rules.QuestionAsked{Question: rules.Question{Permission: &rules.PermissionRequest{Permission: protocol.Permission{
		RequestID: "q", Title: "run " + secretKey, ToolCall: json.RawMessage(`{"toolCallId":"1","title":"` + secretKey + `"}`), Options: json.RawMessage(`[]`),
	}}}})
	stored, err := json.Marshal(s.State)
	require.NoError(t, err)
	restored := shared.New(s.State.ID, shared.SettingsOf(s.State))
	require.NoError(t, restored.Restore(stored))
	for _, state := range []*shared.State{s.State, restored} {
		masked := rules.RawJSON(state.Welcome(shared.WelcomeFor{Participant: ben.ID}, journal.Head{}).Welcome)
		require.NotContains(t, string(masked), secretKey)
		require.Contains(t, string(masked), "use [redacted]")
		require.Contains(t, string(masked), "title [redacted]")
		require.Contains(t, string(masked), "run [redacted]")
		whole := rules.RawJSON(state.Welcome(shared.WelcomeFor{Participant: state.Host().ID}, journal.Head{}).Welcome)
		require.NotContains(t, string(whole), redact.Mask)
	}
}
