package form_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/form"
)

func ptr[T any](v T) *T { return &v }

func TestParse_keeps_the_fields_in_the_order_of_the_agent(t *testing.T) {
	got, err := form.Parse([]byte(`{"$schema":"x","type":"object","title":"T","description":"D","additionalProperties":false,"properties":{
		"zip":{"type":"string","title":"Zip","description":"five digits","minLength":5,"maxLength":5,"pattern":"^\\d+$","default":"12345"},
		"mail":{"type":"string","format":"email","default":"nobody"},
		"10":{"type":"integer","minimum":1,"maximum":9007199254740992,"default":3},
		"share":{"type":"number","minimum":-0.5},
		"go":{"type":"boolean","default":true,"_meta":{"a":1}},
		"size":{"type":"string","enum":["s","m"],"default":"m"},
		"region":{"type":"string","oneOf":[{"const":"eu","title":"Europe","description":"near"},{"const":"us","title":"America"}],"default":"asia"},
		"tags":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string","enum":["a","b"]},"default":["b"]},
		"more":{"type":"array","items":{"anyOf":[{"const":"x","title":"X"}]}}
	},"required":["zip","go"]}`))
	require.NoError(t, err)
	require.Equal(t, &protocol.ElicitationForm{Title: "T", Description: "D", Fields: []protocol.FormField{
		{Name: "zip", Type: "string", Title: "Zip", Description: "five digits", Required: true, MinLength: ptr(5), MaxLength: ptr(5), Pattern: `^\d+$`, Default: json.RawMessage(`"12345"`)},
		{Name: "mail", Type: "string", Format: "email"},
		{Name: "10", Type: "integer", Minimum: ptr(1.0), Maximum: ptr(9007199254740992.0), Default: json.RawMessage(`3`)},
		{Name: "share", Type: "number", Minimum: ptr(-0.5)},
		{Name: "go", Type: "boolean", Required: true, Default: json.RawMessage(`true`)},
		{Name: "size", Type: "select", Options: []protocol.FormOption{{Value: "s"}, {Value: "m"}}, Default: json.RawMessage(`"m"`)},
		{Name: "region", Type: "select", Options: []protocol.FormOption{{Value: "eu", Title: "Europe", Description: "near"}, {Value: "us", Title: "America"}}},
		{Name: "tags", Type: "multi_select", MinItems: ptr(1), MaxItems: ptr(2), Options: []protocol.FormOption{{Value: "a"}, {Value: "b"}}, Default: json.RawMessage(`["b"]`)},
		{Name: "more", Type: "multi_select", Options: []protocol.FormOption{{Value: "x", Title: "X"}}},
	}}, got)
}

func TestParse_accepts_a_form_without_fields(t *testing.T) {
	for _, schema := range []string{`{}`, `{"type":"object","properties":null,"required":null}`} {
		got, err := form.Parse([]byte(schema))
		require.NoError(t, err)
		require.Empty(t, got.Fields)
	}
}

// field returns a schema with one field.
func field(schema string) string { return `{"properties":{"f":` + schema + `}}` }

func TestParse_refuses_what_cannot_be_shown(t *testing.T) {
	many := []string{}
	for i := range protocol.MaxFormFields + 1 {
		many = append(many, fmt.Sprintf(`"f%d":{"type":"boolean"}`, i))
	}
	for name, schema := range map[string]string{
		"a list":                           `[]`,
		"another type":                     `{"type":"array"}`,
		"properties that are a list":       `{"properties":[]}`,
		"an unknown keyword":               `{"properties":{},"if":{}}`,
		"a nested object":                  field(`{"type":"object","properties":{}}`),
		"a field without a type":           field(`{}`),
		"a type of the future":             field(`{"type":"_color"}`),
		"several types":                    field(`{"type":["string","null"]}`),
		"a keyword that limits the value":  field(`{"type":"number","multipleOf":2}`),
		"a keyword of another type":        field(`{"type":"boolean","pattern":"x"}`),
		"enum beside oneOf":                field(`{"type":"string","enum":["a"],"oneOf":[{"const":"a","title":"A"}]}`),
		"an enum with a pattern":           field(`{"type":"string","enum":["a"],"pattern":"b"}`),
		"an empty enum":                    field(`{"type":"string","enum":[]}`),
		"numbers as options":               field(`{"type":"string","enum":[1]}`),
		"two options with the same value":  field(`{"type":"string","oneOf":[{"const":"a","title":"A"},{"const":"a","title":"B"}]}`),
		"an option without a const":        field(`{"type":"string","oneOf":[{"title":"A"}]}`),
		"an option that is a number":       field(`{"type":"string","oneOf":[{"const":1,"title":"A"}]}`),
		"a list of anything":               field(`{"type":"array","items":{"type":"string"}}`),
		"a list without items":             field(`{"type":"array"}`),
		"a list of numbers":                field(`{"type":"array","items":{"type":"number","enum":["1"]}}`),
		"more items than options":          field(`{"type":"array","minItems":2,"items":{"enum":["a"]}}`),
		"a minimum above the maximum":      field(`{"type":"number","minimum":2,"maximum":1}`),
		"a length below nothing":           field(`{"type":"string","minLength":-1}`),
		"a broken length":                  field(`{"type":"string","minLength":1.5}`),
		"lengths in the wrong order":       field(`{"type":"string","minLength":2,"maxLength":1}`),
		"a minimum that is a text":         field(`{"type":"number","minimum":"1"}`),
		"an integer with a broken limit":   field(`{"type":"integer","minimum":0.5}`),
		"an integer with a huge limit":     field(`{"type":"integer","maximum":9007199254740993000}`),
		"an unknown format":                field(`{"type":"string","format":"color"}`),
		"a format that is a number":        field(`{"type":"string","format":1}`),
		"a pattern with a lookahead":       field(`{"type":"string","pattern":"(?=a)b"}`),
		"a pattern with a back-reference":  field(`{"type":"string","pattern":"(a)\\1"}`),
		"a pattern that is too complex":    field(`{"type":"string","pattern":"a{1000}b{1000}"}`),
		"a pattern that is too long":       field(`{"type":"string","pattern":"` + strings.Repeat("a", 513) + `"}`),
		"a pattern that is not closed":     field(`{"type":"string","pattern":"("}`),
		"a member that occurs twice":       field(`{"type":"boolean","type":"string"}`),
		"two fields with the same name":    `{"properties":{"a":{"type":"boolean"},"\u0061":{"type":"string"}}}`,
		"a field without a name":           `{"properties":{"":{"type":"boolean"}}}`,
		"a required field that is missing": `{"properties":{},"required":["f"]}`,
		"required fields that are numbers": `{"properties":{},"required":[1]}`,
		"too many fields":                  `{"properties":{` + strings.Join(many, ",") + `}}`,
		"too many bytes":                   field(`{"type":"string","description":"` + strings.Repeat("a", protocol.MaxFormBytes) + `"}`),
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(schema)), schema)
			_, err := form.Parse([]byte(schema))
			require.Error(t, err)
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(field(`{"type":"string","pattern":"\\u0041\\u{1F600}\\\\u0041","default":"A"}`)), []byte(`{"f":"A"}`))
	f.Add([]byte(field(`{"type":"array","items":{"enum":["a","b"]}}`)), []byte(`{"f":["a"]}`))
	f.Add([]byte(field(`{"type":"integer","minimum":1}`)), []byte(`{"f":1}`))
	f.Fuzz(func(t *testing.T, schema, content []byte) {
		if !json.Valid(schema) || !json.Valid(content) {
			return
		}
		parsed, err := form.Parse(schema)
		if err != nil {
			return
		}
		for i := range parsed.Fields {
			if value := parsed.Fields[i].Default; value != nil {
				_, err := form.CheckField(&parsed.Fields[i], value)
				require.NoError(t, err, "a default is a valid value")
			}
		}
		clean, err := form.Check(parsed, compact(content))
		if err != nil {
			require.Equal(t, protocol.CodeInvalidRequest, protocol.AsError(err).Code)
			return
		}
		again, err := form.Check(parsed, clean)
		require.NoError(t, err, "what was accepted is accepted again")
		require.Equal(t, string(clean), string(again))
	})
}
