package formfill_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/formfill"
	"parley/protocol"
)

func ptr[T any](v T) *T { return &v }

var pets = []protocol.FormOption{{Value: "c", Title: "Cat"}, {Value: "2", Title: "Dog"}, {Value: "b", Title: "cat"}}

func TestForm_Give_reads_a_value_as_the_field_needs_it(t *testing.T) {
	for _, tc := range []struct {
		name  string
		field protocol.FormField
		typed string
		want  string // JSON; empty for an error
	}{
		{"a text", protocol.FormField{Type: protocol.FieldString}, `say "hi"`, `"say \"hi\""`},
		{"a number", protocol.FormField{Type: protocol.FieldNumber}, "1.50", "1.50"},
		{"no number", protocol.FormField{Type: protocol.FieldNumber}, "one", ""},
		{"a number out of range", protocol.FormField{Type: protocol.FieldInteger, Maximum: ptr(2.0)}, "3", ""},
		{"yes", protocol.FormField{Type: protocol.FieldBoolean}, "Yes", "true"},
		{"perhaps", protocol.FormField{Type: protocol.FieldBoolean}, "perhaps", ""},
		{"an option by its number, which is never a value", protocol.FormField{Type: protocol.FieldSelect, Options: pets}, "2", `"2"`},
		{"an option by its title", protocol.FormField{Type: protocol.FieldSelect, Options: pets}, "dog", `"2"`},
		{"a title that two options have", protocol.FormField{Type: protocol.FieldSelect, Options: pets}, "Cat", ""},
		{"a number beyond the list", protocol.FormField{Type: protocol.FieldSelect, Options: pets}, "4", ""},
		{"options", protocol.FormField{Type: protocol.FieldMultiSelect, Options: pets}, "3, c", `["b","c"]`},
		{"an option twice", protocol.FormField{Type: protocol.FieldMultiSelect, Options: pets}, "1,c", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.field.Name = "f"
			f := formfill.New(&protocol.ElicitationForm{Fields: []protocol.FormField{tc.field}})
			err := f.Give(tc.typed)
			if tc.want == "" {
				require.Error(t, err)
				require.NotNil(t, f.Field(), "the field is asked again")
				return
			}
			require.NoError(t, err)
			require.Nil(t, f.Field())
			require.Equal(t, json.RawMessage(tc.want), f.Content()["f"])
		})
	}
}

func TestForm_Skip_takes_the_default_or_leaves_the_field_out(t *testing.T) {
	f := formfill.New(&protocol.ElicitationForm{Fields: []protocol.FormField{
		{Name: "a", Type: protocol.FieldString, Default: json.RawMessage(`"x"`)},
		{Name: "b", Type: protocol.FieldString},
		{Name: "c", Type: protocol.FieldString, Required: true},
	}})
	require.NoError(t, f.Skip())
	require.NoError(t, f.Skip())
	require.ErrorContains(t, f.Skip(), "needs a value")
	require.Equal(t, map[string]any{"a": json.RawMessage(`"x"`)}, f.Content())
	require.NoError(t, f.Give("z"))
	require.Contains(t, f.Summary(), "b: left out")
	f.Again()
	require.Equal(t, "a", f.Field().Name)
	require.Empty(t, f.Content())
}

func TestDescribe_shows_everything_and_marks_what_cannot_be_seen(t *testing.T) {
	text := formfill.Describe(&protocol.FormField{
		Name: "n\u202e", Title: "T\x1b[2J", Description: "D\nline", Type: protocol.FieldMultiSelect, MinItems: ptr(1), MaxItems: ptr(2),
		Options: []protocol.FormOption{{Value: "v\u200b", Title: "O", Description: "od"}},
	})
	for _, part := range []string{"optional", "at least 1 option", "at most 2 options", "D\n", "1 O (sent as", "od"} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "\u202e")
	require.NotContains(t, text, "\x1b")
	require.NotContains(t, text, "\u200b")
}
