package shared_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/questions"
	"parley/protocol"
)

// The bound holds for the longest prompts and permission requests, and the most of them.
func TestWelcome_is_bounded(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	bad := strings.Repeat("\x02", shared.MaxShownText)
	for i := range s.Session.Settings.MaxPending + s.Session.Settings.MaxQueued {
		o := shared.OpenApproval{Approval: protocol.Approval{ID: fmt.Sprint(i), ParticipantID: ben.ID, Prompt: bad, OriginalPrompt: &bad}}
		s.State.Open = append(s.State.Open, o)
	}
	for i := range 256 {
		options := json.RawMessage(`[{"optionId":"yes","kind":"allow_once"}]`)
		call := json.RawMessage(fmt.Sprintf(`{"toolCallId":"c","kind":"edit","title":%q,"rawInput":%q}`, bad, bad))
		asked := questions.NewPermission(rules.PermissionRequest{Permission: protocol.Permission{RequestID: fmt.Sprint(i), ToolCall: call, Options: options}})
		s.State.Permissions = append(s.State.Permissions, asked)
	}
	w := s.State.Welcome(shared.WelcomeFor{Participant: ben.ID, Recent: 200}, journal.Head{})
	line, err := encodeWelcome(w)
	require.NoError(t, err)
	require.Less(t, len(line)+w.RecentBytes+shared.WelcomeRest, shared.WelcomeBytes, "with the largest facts of an agent")
	require.Greater(t, w.RecentBytes, shared.MinRecent)
	crowd(s.State)
	w = s.State.Welcome(shared.WelcomeFor{Participant: ben.ID, Recent: 200}, journal.Head{})
	line, err = encodeWelcome(w)
	require.NoError(t, err)
	require.Less(t, len(line)+s.State.People.Present()*shared.PresentBytes+w.RecentBytes+shared.WelcomeRest, shared.WelcomeBytes, "with the most participants")
}

// crowd fills a session with guests whose names have the maximum length.
func crowd(s *shared.State) {
	for i := len(s.People.All()); i < shared.SettingsOf(s).MaxParticipants; i++ {
		name := fmt.Sprintf("%04d%s", i, strings.Repeat("\U0001F600", protocol.MaxNameLength-4))
		s.People.Put(protocol.Participant{
			ID: fmt.Sprintf("%036d", i), SharedSessionID: s.ID.String(), UserID: name, DisplayName: &name,
			Role: protocol.RoleCollaborator, JoinedAt: s.Time,
		})
	}
}

// A welcome leaves participants out if many have long names. The client requests the
// others, but the authors of open prompts are always there.
func TestWelcome_names_the_participant_after_whom_others_are_left_out(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.Join("ben", "")
	crowd(s.State)
	all := s.State.People.List()
	last, own := all[len(all)-1], all[len(all)-2]
	waits := s.Prompt(last)
	// shown returns how many participants a welcome lists in join order, and the ids of the rest.
	shown := func(whom protocol.Participant) (n int, after string, behind []string) {
		line, err := encodeWelcome(s.State.Welcome(shared.WelcomeFor{Participant: whom.ID, Recent: 200}, journal.Head{}))
		require.NoError(t, err)
		require.Less(t, len(line), shared.WelcomeBytes)
		m, err := protocol.DecodeServer(line)
		require.NoError(t, err)
		w := m.(*protocol.WelcomeMessage).Payload
		for n < len(w.Participants) && w.Participants[n].ID == all[n].ID {
			n++
		}
		for _, p := range w.Participants[n:] {
			behind = append(behind, p.ID)
		}
		return n, w.PeopleAfter, behind
	}
	n, after, behind := shown(last)
	require.Greater(t, n, 400)
	require.Equal(t, all[n-1].ID, after)
	require.Equal(t, []string{last.ID}, behind, "the author, who is also the receiver")
	var got []string
	for more := true; more; {
		a, err := lookup.PresentPage{Query: protocol.People{After: after, Limit: 200}, Participants: s.State.People.List()}.Read(t.Context(), history.Reader{})
		require.NoError(t, err)
		page := a.(*protocol.PeopleAnswer)
		for _, p := range page.Participants {
			got = append(got, p.ID)
		}
		after, more = got[len(got)-1], page.More
	}
	for i, p := range all[n:] {
		require.Equal(t, p.ID, got[i], "each once, in join order")
	}
	require.Len(t, got, len(all)-n)

	_, _, behind = shown(own)
	require.Equal(t, []string{last.ID, own.ID}, behind, "the author and the receiver")
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: waits, Action: protocol.ActionReject}).Err)
	_, _, behind = shown(s.Owner())
	require.Empty(t, behind)
	for _, p := range all[n:] {
		s.State.People.Drop(p.ID)
	}
	n, after, behind = shown(s.Owner())
	require.Equal(t, len(s.State.People.All()), n)
	require.Empty(t, after, "none is left out")
	require.Empty(t, behind)
}

// encodeWelcome returns the welcome in the form that clients receive, without recent events.
func encodeWelcome(w *shared.Welcome) ([]byte, error) {
	return protocol.AppendWelcome(nil, "1", &w.Welcome, w.People)
}

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
		strings.Repeat("t", 2*questions.MaxName), strings.Repeat("x", shared.MaxShownText)))
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
		require.JSONEq(t, fmt.Sprintf(`{"toolCallId":"c1","kind":"execute","title":%q}`, strings.Repeat("t", questions.MaxName)), string(shown[0].ToolCall))
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
