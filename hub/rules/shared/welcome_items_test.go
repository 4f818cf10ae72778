package shared_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// A welcome is bounded, however long the open prompts are: it cuts long texts and marks
// them. The command item returns the whole text.
func TestWelcome_cuts_and_marks_long_prompts(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	long := strings.Repeat("é", shared.MaxShownText)
	require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: long}).Err)
	require.NoError(t, s.Send(ben, &protocol.Prompt{Prompt: long}).Err)
	edited, short := s.Prompt(ben), s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: edited, Action: protocol.ActionApprove, Prompt: &long}).Err)

	byID := map[string]protocol.Approval{}
	for _, a := range s.State.Welcome(shared.WelcomeFor{Participant: ben.ID}, journal.Head{}).Approvals {
		byID[a.ID] = a
	}
	for _, id := range []string{s.State.Open[0].Approval.ID, s.State.Open[1].Approval.ID} {
		a := byID[id]
		require.True(t, a.Truncated)
		require.Equal(t, len(long), a.WholeBytes)
		require.Equal(t, strings.Repeat("é", shared.MaxShownText/2), a.Prompt)
		whole := s.Send(ben, &protocol.Item{ApprovalID: id})
		require.NoError(t, whole.Err)
		require.Equal(t, &protocol.ItemAnswer{Approval: &s.State.OpenPrompt(id).Approval}, whole.Answer)
		require.Equal(t, long, whole.Answer.(*protocol.ItemAnswer).Approval.Prompt)
		require.False(t, whole.Answer.(*protocol.ItemAnswer).Approval.Truncated)
	}
	require.True(t, byID[edited].Truncated)
	require.Equal(t, "do it", *byID[edited].OriginalPrompt)
	require.False(t, byID[short].Truncated)
	require.Zero(t, byID[short].WholeBytes)
}

// A permission request that is not shown whole has no options, so that no client offers
// an answer.
func TestWelcome_shows_a_long_permission_request_without_options(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	options := json.RawMessage(`[{"optionId":"yes","kind":"allow_once"}]`)
	call := json.RawMessage(fmt.Sprintf(`{"toolCallId":"c1","kind":"execute","title":%q,"rawInput":{"command":%q}}`,
		strings.Repeat("t", 2*shared.MaxShownName), strings.Repeat("x", shared.MaxShownText)))
	s.AgentReports(rules.AgentPermission{RequestID: "long", ToolCall: call, Options: options, Choices: rules.NewPermissionRequest(protocol.Permission{Options: options}).Choices})
	s.DeliverAll()
	s.RequestPermission("short")

	var shown []protocol.Permission
	again := func(state *shared.State) {
		shown = state.Welcome(shared.WelcomeFor{Participant: s.Owner().ID}, journal.Head{}).Permissions
		require.Len(t, shown, 2)
		require.True(t, shown[0].Truncated)
		require.Equal(t, len(call)+len(options), shown[0].WholeBytes)
		require.JSONEq(t, "[]", string(shown[0].Options))
		require.JSONEq(t, fmt.Sprintf(`{"toolCallId":"c1","kind":"execute","title":%q}`, strings.Repeat("t", shared.MaxShownName)), string(shown[0].ToolCall))
		require.False(t, shown[1].Truncated)
		require.NotEqual(t, "[]", string(shown[1].Options))
	}
	again(s.State)
	loaded := shared.New(s.State.ID, s.Session.Settings)
	require.NoError(t, json.Unmarshal(rules.RawJSON(s.State), loaded))
	loaded.Index()
	again(loaded)

	whole := s.Send(s.Owner(), &protocol.Item{RequestID: "long"})
	require.NoError(t, whole.Err)
	require.Equal(t, &protocol.ItemAnswer{Permission: &protocol.Permission{RequestID: "long", ToolCall: call, Options: options}}, whole.Answer)
}

func TestTruncateText_is_bounded_in_JSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		most := rapid.IntRange(0, 40).Draw(t, "most")
		shown, cut := shared.Beginning(text, most)
		encoded, err := protocol.Marshal(shown)
		require.NoError(t, err)
		require.LessOrEqual(t, len(encoded)-len(`""`), most)
		require.True(t, strings.HasPrefix(text, shown))
		require.Equal(t, cut, shown != text)
	})
}
