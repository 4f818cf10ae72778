package hub

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// A person who decides has to get in, whatever waits: long texts are cut in the
// welcome, and marked, and had whole by a command.
func TestWelcome_shows_the_beginning_of_a_long_text_and_says_so(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	long := strings.Repeat("é", maxShownText)
	require.NoError(t, s.by(s.owner(), &protocol.Prompt{Prompt: long}).err)
	require.NoError(t, s.by(ben, &protocol.Prompt{Prompt: long}).err)
	edited, short := s.prompts(ben), s.prompts(ben)
	require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: edited, Action: protocol.ActionApprove, Prompt: &long}).err)

	byID := map[string]protocol.Approval{}
	for _, a := range s.state.welcome(welcomeFor{participant: ben.ID}, journal.Head{}).Approvals {
		byID[a.ID] = a
	}
	for _, id := range []string{s.state.Open[0].Approval.ID, s.state.Open[1].Approval.ID} {
		a := byID[id]
		require.True(t, a.Truncated)
		require.Equal(t, len(long), a.WholeBytes)
		require.Equal(t, strings.Repeat("é", maxShownText/2), a.Prompt)
		whole := s.by(ben, &protocol.Item{ApprovalID: id})
		require.NoError(t, whole.err)
		require.Equal(t, &protocol.ItemAnswer{Approval: &s.state.open(id).Approval}, whole.answer)
		require.Equal(t, long, whole.answer.(*protocol.ItemAnswer).Approval.Prompt)
		require.False(t, whole.answer.(*protocol.ItemAnswer).Approval.Truncated)
	}
	require.True(t, byID[edited].Truncated)
	require.Equal(t, "do it", *byID[edited].OriginalPrompt)
	require.False(t, byID[short].Truncated)
	require.Zero(t, byID[short].WholeBytes)
}

// A question that is not shown whole has no options, so that no client offers to
// answer it.
func TestWelcome_names_a_long_question_and_offers_no_answer(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	options := json.RawMessage(`[{"optionId":"yes","kind":"allow_once"}]`)
	call := json.RawMessage(fmt.Sprintf(`{"toolCallId":"c1","kind":"execute","title":%q,"rawInput":{"command":%q}}`,
		strings.Repeat("t", 2*maxShownName), strings.Repeat("x", maxShownText)))
	s.agentSays(AgentPermission{RequestID: "long", ToolCall: call, Options: options, Choices: questionOf(protocol.Permission{Options: options}).Choices})
	s.deliverAll()
	s.asks("short")

	var shown []protocol.Permission
	again := func(state *sharedState) {
		shown = state.welcome(welcomeFor{participant: s.owner().ID}, journal.Head{}).Permissions
		require.Len(t, shown, 2)
		require.True(t, shown[0].Truncated)
		require.Equal(t, len(call)+len(options), shown[0].WholeBytes)
		require.JSONEq(t, "[]", string(shown[0].Options))
		require.JSONEq(t, fmt.Sprintf(`{"toolCallId":"c1","kind":"execute","title":%q}`, strings.Repeat("t", maxShownName)), string(shown[0].ToolCall))
		require.False(t, shown[1].Truncated)
		require.NotEqual(t, "[]", string(shown[1].Options))
	}
	again(s.state)
	loaded := newSharedState(s.state.ID, s.n.settings)
	require.NoError(t, json.Unmarshal(rawJSON(s.state), loaded))
	loaded.index()
	again(loaded)

	whole := s.by(s.owner(), &protocol.Item{RequestID: "long"})
	require.NoError(t, whole.err)
	require.Equal(t, &protocol.ItemAnswer{Permission: &protocol.Permission{RequestID: "long", ToolCall: call, Options: options}}, whole.answer)
}

func TestShared_Item_is_for_what_waits_alone(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	s.runs()
	s.asks("q")
	done := s.prompts(ben)
	require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: done, Action: protocol.ActionReject}).err)
	require.NoError(t, s.by(s.owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).err)
	s.deliverAll()
	for want, c := range map[protocol.Code]*protocol.Item{
		protocol.CodeApprovalNotFound:          {ApprovalID: "none"},
		protocol.CodeApprovalAlreadyResolved:   {ApprovalID: done},
		protocol.CodePermissionNotFound:        {RequestID: "none"},
		protocol.CodePermissionAlreadyResolved: {RequestID: "q"},
	} {
		require.Equal(t, want, codeOf(s.by(ben, c).err))
	}
	waits := s.prompts(ben)
	reading := s.credentials(ben)
	reading.ReadOnly = true
	d := s.do(s.n, command{who: reading, request: protocol.Request{Command: &protocol.Item{ApprovalID: waits}}})
	require.NoError(t, d.err, "whoever reads sees what waits")
}

// encode returns the welcome as clients get it, without recent events.
func (w *welcome) encode() ([]byte, error) {
	return protocol.AppendWelcome(nil, "1", &w.Welcome, w.people)
}

// The bound holds whatever people propose and the agent asks.
func TestWelcome_is_within_its_bound_at_the_worst(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	bad := strings.Repeat("\x02", maxShownText)
	for i := range s.n.settings.MaxPending + s.n.settings.MaxQueued {
		o := openApproval{Approval: protocol.Approval{ID: fmt.Sprint(i), ParticipantID: ben.ID, Prompt: bad, OriginalPrompt: &bad}}
		s.state.Open = append(s.state.Open, o)
	}
	for i := range 256 {
		options := json.RawMessage(`[{"optionId":"yes","kind":"allow_once"}]`)
		call := json.RawMessage(fmt.Sprintf(`{"toolCallId":"c","kind":"edit","title":%q,"rawInput":%q}`, bad, bad))
		asked := newOpenPermission(question{Permission: protocol.Permission{RequestID: fmt.Sprint(i), ToolCall: call, Options: options}})
		s.state.Permissions = append(s.state.Permissions, asked)
	}
	w := s.state.welcome(welcomeFor{participant: ben.ID, recent: 200}, journal.Head{})
	line, err := w.encode()
	require.NoError(t, err)
	require.Less(t, len(line)+w.recentBytes+welcomeRest, welcomeBytes, "with the most that the agent's facts can have")
	require.Greater(t, w.recentBytes, minRecent)
	crowd(s.state)
	w = s.state.welcome(welcomeFor{participant: ben.ID, recent: 200}, journal.Head{})
	line, err = w.encode()
	require.NoError(t, err)
	require.Less(t, len(line)+s.state.People.Present()*presentBytes+w.recentBytes+welcomeRest, welcomeBytes, "with the most people, too")
}

// crowd fills a session with guests whose names are as long as names can be.
func crowd(s *sharedState) {
	for i := len(s.People.All()); i < settingsOf(s).MaxParticipants; i++ {
		name := fmt.Sprintf("%04d%s", i, strings.Repeat("\U0001F600", protocol.MaxNameLength-4))
		s.People.put(protocol.Participant{
			ID: fmt.Sprintf("%036d", i), SharedSessionID: s.ID.String(), UserID: name, DisplayName: &name,
			Role: protocol.RoleCollaborator, JoinedAt: s.Time,
		})
	}
}

// Not everybody has room in a welcome where many have long names. Its reader asks for
// the others, but knows the authors of what waits.
func TestWelcome_says_behind_whom_the_people_are_whom_it_leaves_out(t *testing.T) {
	s := newStage(t, settings{})
	s.joins("ben", "")
	crowd(s.state)
	all := s.state.People.list()
	last, own := all[len(all)-1], all[len(all)-2]
	waits := s.prompts(last)
	// shown is how many people a welcome has in their order, and the ids of those behind.
	shown := func(whom protocol.Participant) (n int, after string, behind []string) {
		line, err := s.state.welcome(welcomeFor{participant: whom.ID, recent: 200}, journal.Head{}).encode()
		require.NoError(t, err)
		require.Less(t, len(line), welcomeBytes)
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
	require.Equal(t, []string{last.ID}, behind, "the author, who is welcomed here")
	var got []string
	for more := true; more; {
		a, err := presentPage{protocol.People{After: after, Limit: 200}, s.state.People.list()}.Read(t.Context(), history.Reader{})
		require.NoError(t, err)
		page := a.(*protocol.PeopleAnswer)
		for _, p := range page.Participants {
			got = append(got, p.ID)
		}
		after, more = got[len(got)-1], page.More
	}
	for i, p := range all[n:] {
		require.Equal(t, p.ID, got[i], "each once, in their order")
	}
	require.Len(t, got, len(all)-n)

	_, _, behind = shown(own)
	require.Equal(t, []string{last.ID, own.ID}, behind, "whoever is welcomed")
	require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: waits, Action: protocol.ActionReject}).err)
	_, _, behind = shown(s.owner())
	require.Empty(t, behind)
	for _, p := range all[n:] {
		s.state.People.drop(p.ID)
	}
	n, after, behind = shown(s.owner())
	require.Equal(t, len(s.state.People.All()), n)
	require.Empty(t, after, "all have room")
	require.Empty(t, behind)
}

func TestBeginning_is_no_longer_in_JSON_than_it_may_be(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		most := rapid.IntRange(0, 40).Draw(t, "most")
		shown, cut := beginning(text, most)
		encoded, err := protocol.Marshal(shown)
		require.NoError(t, err)
		require.LessOrEqual(t, len(encoded)-len(`""`), most)
		require.True(t, strings.HasPrefix(text, shown))
		require.Equal(t, cut, shown != text)
	})
}
