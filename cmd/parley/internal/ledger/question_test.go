package ledger

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		o, err := q.Choose(tc.word, tc.kind)
		require.NoError(t, err, tc.word)
		require.Equal(t, tc.want, o.ID, "%q", tc.word)
	}
	for _, word := range []string{"maybe", "5", "0", "-1"} {
		_, err := q.Choose(word, "allow_once")
		require.ErrorContains(t, err, `1 Always (allows from now on), 2 Once (allows once), 3 No (rejects once), 4 "2" (rejects from now on)`, word)
	}
}

func TestQuestion_lists_the_effect_of_an_option_whatever_its_name(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"a","name":"Reject","kind":"allow_always"},
		{"optionId":"b","name":"Allow","kind":"reject_once"},
		{"optionId":"c","name":"Allow once","kind":"allow_session"},
		{"optionId":"d","name":"Allow"}]`)})
	require.Equal(t, "1 Reject (allows from now on), 2 Allow (rejects once), 3 Allow once (unknown kind), 4 Allow (unknown kind)", q.ListOptions())
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
		_, err := q.Choose("", "allow_once")
		require.Error(t, err, name)
		_, err = q.Choose("yes", "allow_once")
		require.Error(t, err, name)
	}
}

func TestQuestion_choose_takes_only_digits_for_a_number(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[
		{"optionId":"down","name":"-1","kind":"reject_once"},
		{"optionId":"up","name":"+1","kind":"allow_once"},
		{"optionId":"99999999999999999999","name":"Later","kind":"allow_once"}]`)})
	for word, want := range map[string]string{"+1": "up", "-1": "down", "1": "down", "2": "up"} {
		o, err := q.Choose(word, "allow_once")
		require.NoError(t, err, word)
		require.Equal(t, want, o.ID, "%q", word)
	}
	for _, word := range []string{"99999999999999999999", "１", "٢"} {
		_, err := q.Choose(word, "allow_once")
		require.Error(t, err, "%q", word)
	}
}

func TestQuestion_quotes_the_name_of_an_option_that_imitates_its_effect(t *testing.T) {
	q := newQuestionOf(protocol.Permission{Options: []byte(`[{"optionId":"a","name":"No (rejects)","kind":"allow_always"}]`)})
	require.Equal(t, `1 "No (rejects)" (allows from now on)`, q.ListOptions())
}

func TestQuestion_shows_its_title_and_description(t *testing.T) {
	q, id := NewQuestion(protocol.Permission{
		ToolCall: json.RawMessage(`{"toolCallId":"","title":"May I?","rawInput":{"command":"rm -r build"}}`), Options: json.RawMessage(`[]`),
		Title: "May I?", Description: "It saves\u202e space.",
	})
	require.Nil(t, id)
	body := q.Body()
	require.Contains(t, body, "It saves")
	require.Contains(t, body, "rm -r build")
	require.Contains(t, body, "cannot be seen", "the description is checked for hidden characters too")
	require.Equal(t, 1, strings.Count(q.Call.Heading()+body, "May I?"))
}

// newQuestionOf returns what a permission request says by itself.
func newQuestionOf(p protocol.Permission) Question {
	q, _ := NewQuestion(p)
	return q
}
