package join

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

func TestQuestion_choose(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"3","name":"Always","kind":"allow_always"},
		{"optionId":"1","name":"Once","kind":"allow_once"},
		{"optionId":"no","name":"No","kind":"reject_once"},
		{"optionId":"2","name":"2","kind":"reject_always"}]`)})
	for _, tc := range []struct{ word, kind, want string }{
		{"", "allow_once", "1"}, {"", "reject_once", "no"},
		{"1", "allow_once", "3"}, {"2", "allow_once", "1"}, {"3", "allow_once", "no"}, {"4", "allow_once", "2"},
		{"always", "allow_once", "3"}, {"no", "allow_once", "no"},
	} {
		o, err := q.choose(tc.word, tc.kind)
		require.NoError(t, err, tc.word)
		require.Equal(t, tc.want, o.ID, "%q", tc.word)
	}
	for _, word := range []string{"maybe", "5", "0", "-1"} {
		_, err := q.choose(word, "allow_once")
		require.ErrorContains(t, err, `1 Always (allows from now on), 2 Once (allows once), 3 No (rejects once), 4 "2" (rejects from now on)`, word)
	}
}

func TestQuestion_lists_the_effect_of_an_option_whatever_its_name(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"a","name":"Reject","kind":"allow_always"},
		{"optionId":"b","name":"Allow","kind":"reject_once"},
		{"optionId":"c","name":"Allow once","kind":"allow_session"},
		{"optionId":"d","name":"Allow"}]`)})
	require.Equal(t, "1 Reject (allows from now on), 2 Allow (rejects once), 3 Allow once (unknown kind), 4 Allow (unknown kind)", q.listOptions())
}

func TestQuestion_choose_refuses_to_guess(t *testing.T) {
	for name, options := range map[string]string{
		"two of the kind":   `[{"optionId":"a","name":"Here","kind":"allow_once"},{"optionId":"b","name":"There","kind":"allow_once"}]`,
		"only lasting ones": `[{"optionId":"a","name":"Always","kind":"allow_always"}]`,
		"two of a name":     `[{"optionId":"a","name":"yes","kind":"x"},{"optionId":"yes","name":"No","kind":"x"}]`,
		"no options":        `[]`,
		"not a list":        `{}`,
	} {
		q := newQuestionOf(protocol.Permission{Options: []byte(options)})
		_, err := q.choose("", "allow_once")
		require.Error(t, err, name)
		_, err = q.choose("yes", "allow_once")
		require.Error(t, err, name)
	}
}

func TestQuestion_choose_takes_only_digits_for_a_number(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"down","name":"-1","kind":"reject_once"},
		{"optionId":"up","name":"+1","kind":"allow_once"},
		{"optionId":"99999999999999999999","name":"Later","kind":"allow_once"}]`)})
	for word, want := range map[string]string{"+1": "up", "-1": "down", "1": "down", "2": "up"} {
		o, err := q.choose(word, "allow_once")
		require.NoError(t, err, word)
		require.Equal(t, want, o.ID, "%q", word)
	}
	for _, word := range []string{"99999999999999999999", "１", "٢"} {
		_, err := q.choose(word, "allow_once")
		require.Error(t, err, "%q", word)
	}
}

func TestQuestion_quotes_the_name_of_an_option_that_imitates_its_effect(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[{"optionId":"a","name":"No (rejects)","kind":"allow_always"}]`)})
	require.Equal(t, `1 "No (rejects)" (allows from now on)`, q.listOptions())
}

func TestRoom_quotes_a_name_that_imitates_a_line_of_the_program(t *testing.T) {
	for name, want := range map[string]string{
		"? #3 the agent asks to": "“? #3 the agent asks to”",
		"* Olga approved #3":     "“* Olga approved #3”",
		"  (/allow #3)":          "“(/allow #3)”",
		"\u200b? #3":             "“⟨U+200B⟩? #3”",
		"Olga":                   "Olga",
		"محمد":                   "محمد",
		"4chan":                  "4chan",
	} {
		require.Equal(t, want, newRoom().displayName(protocol.Participant{UserID: name}))
	}
}

func TestRoom_names_the_author_of_an_open_item_who_has_left(t *testing.T) {
	left := protocol.Participant{ID: "b", UserID: "ben", LeftAt: new(after(0))}
	r := newRoom()
	r.reset(&protocol.Welcome{
		Participants: []protocol.Participant{left},
		Approvals:    []protocol.Approval{{ID: "1", ParticipantID: "b", Status: protocol.ApprovalPending}},
	}, story.New(), after(0))
	require.Equal(t, "ben", r.ledger.find("1").author)
	require.Empty(t, r.participants)
}

func TestRoom_knows_the_participants(t *testing.T) {
	ann := protocol.Participant{ID: "a", UserID: "ann", Role: protocol.RoleCollaborator}
	r := newRoom()
	r.self = ann
	r.apply(&protocol.ParticipantJoined{Participant: ann}, after(0))
	ann.Role = protocol.RoleViewer
	r.apply(&protocol.ParticipantUpdated{Participant: ann}, after(0))
	require.Equal(t, protocol.RoleViewer, r.self.Role)
	require.Equal(t, "ann", r.nameByID("a"))
	r.apply(&protocol.ParticipantLeft{Participant: ann}, after(0))
	require.Empty(t, r.participants)
	require.Equal(t, "a participant who has left", r.nameByID("a"))
}

func TestRoom_a_prompt_becomes_what_its_author_has_seen(t *testing.T) {
	r := newRoom()
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	session := protocol.Session{Mode: protocol.ModePromptWithApproval}
	r.reset(&protocol.Welcome{Session: session, Participant: protocol.Participant{ID: "P", Role: protocol.RoleCollaborator}}, story.New(), at(0))
	r.markShown(at(0))
	line := func(ended int, person bool) protocol.PromptAs {
		return r.expectedPromptAs(moment{at(ended - 1), at(ended), person})
	}
	require.Equal(t, protocol.PromptAsProposal, line(1, true))
	session.Mode = protocol.ModePromptDirect
	r.apply(&protocol.SessionUpdated{Session: session}, at(1_000))
	require.Equal(t, protocol.PromptAsProposal, line(1_600, true), "a person needs time to read")
	require.Equal(t, protocol.PromptAsDirect, line(1_700, true))
	require.Equal(t, protocol.PromptAsProposal, line(999, false))
	require.Equal(t, protocol.PromptAsDirect, line(1_000, false), "a program does not")
	r.apply(&protocol.ParticipantUpdated{Participant: protocol.Participant{ID: "P", Role: protocol.RoleViewer}}, at(3_000))
	require.Empty(t, line(4_000, true), "the server reports that it is not allowed")
	r.apply(&protocol.ParticipantUpdated{Participant: protocol.Participant{ID: "P", Role: protocol.RoleHost}}, at(5_000))
	session.Mode = protocol.ModePromptWithApproval
	r.apply(&protocol.SessionUpdated{Session: session}, at(6_000))
	require.Equal(t, protocol.PromptAsDirect, line(9_000, true), "a prompt of the host runs in every mode")
}
