package join

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestQuestion_choose(t *testing.T) {
	q := questionOf(protocol.Permission{Options: []byte(`[
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
		require.ErrorContains(t, err, `1 Always (allows, lasts), 2 Once (allows), 3 No (rejects), 4 "2" (rejects, lasts)`, word)
	}
}

func TestQuestion_says_what_an_option_does_whatever_its_name(t *testing.T) {
	q := questionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"a","name":"Reject","kind":"allow_always"},
		{"optionId":"b","name":"Allow","kind":"reject_once"},
		{"optionId":"c","name":"Allow once","kind":"allow_session"},
		{"optionId":"d","name":"Allow"}]`)})
	require.Equal(t, "1 Reject (allows, lasts), 2 Allow (rejects), 3 Allow once (of no known kind), 4 Allow (of no known kind)", q.list())
}

func TestQuestion_choose_never_chooses_for_people(t *testing.T) {
	for name, options := range map[string]string{
		"two of the kind":   `[{"optionId":"a","name":"Here","kind":"allow_once"},{"optionId":"b","name":"There","kind":"allow_once"}]`,
		"only lasting ones": `[{"optionId":"a","name":"Always","kind":"allow_always"}]`,
		"two of a name":     `[{"optionId":"a","name":"yes","kind":"x"},{"optionId":"yes","name":"No","kind":"x"}]`,
		"none":              `[]`,
		"no list":           `{}`,
	} {
		q := questionOf(protocol.Permission{Options: []byte(options)})
		_, err := q.choose("", "allow_once")
		require.Error(t, err, name)
		_, err = q.choose("yes", "allow_once")
		require.Error(t, err, name)
	}
}

func TestRoom_knows_who_is_here(t *testing.T) {
	ann := protocol.Participant{ID: "a", UserID: "ann", Role: protocol.RoleCollaborator}
	r := newRoom()
	r.self = ann
	r.fold(&protocol.ParticipantJoined{Participant: ann}, after(0))
	ann.Role = protocol.RoleViewer
	r.fold(&protocol.ParticipantUpdated{Participant: ann}, after(0))
	require.Equal(t, protocol.RoleViewer, r.self.Role)
	require.Equal(t, "ann", r.name("a"))
	r.fold(&protocol.ParticipantLeft{Participant: ann}, after(0))
	require.Empty(t, r.people)
	require.Equal(t, "a participant who has left", r.name("a"))
}
