package form_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/form"
)

// compact returns valid JSON without the spaces around it, as a decoded member has none.
func compact(raw []byte) json.RawMessage { return bytes.TrimSpace(raw) }

func TestCheck_compares_values_with_their_fields(t *testing.T) {
	long := strings.Repeat("é", protocol.MaxFormText/2)
	for _, tc := range []struct {
		name, field, value string
		want               string // the clean value; empty for an error
	}{
		{"a text", `{"type":"string"}`, `"\u0041<"`, `"A<"`},
		{"a text at the limit", `{"type":"string"}`, `"` + long + `"`, `"` + long + `"`},
		{"a text beyond the limit", `{"type":"string"}`, `"` + long + `a"`, ``},
		{"half of a surrogate pair", `{"type":"string"}`, `"\ud83d"`, ``},
		{"a number for a text", `{"type":"string"}`, `1`, ``},
		{"null for a text", `{"type":"string"}`, `null`, ``},
		{"characters count, not bytes", `{"type":"string","maxLength":2}`, `"éé"`, `"éé"`},
		{"a text that is too long", `{"type":"string","maxLength":2}`, `"abc"`, ``},
		{"a text that is too short", `{"type":"string","minLength":2}`, `"a"`, ``},
		{"a pattern that matches a part", `{"type":"string","pattern":"b"}`, `"abc"`, `"abc"`},
		{"a pattern that does not match", `{"type":"string","pattern":"^b"}`, `"abc"`, ``},
		{"escapes of JavaScript", `{"type":"string","pattern":"^\\u0041\\u{1F600}\\\\u0041$"}`, `"A😀\\u0041"`, `"A😀\\u0041"`},
		{"an address", `{"type":"string","format":"email"}`, `"ada@example.org"`, `"ada@example.org"`},
		{"a name before an address", `{"type":"string","format":"email"}`, `"Ada <ada@example.org>"`, ``},
		{"an address with a line feed", `{"type":"string","format":"email"}`, `"ada@example.org\nBcc: b@c"`, ``},
		{"a URI", `{"type":"string","format":"uri"}`, `"https://example.org/a?b#c"`, `"https://example.org/a?b#c"`},
		{"a mailbox", `{"type":"string","format":"uri"}`, `"mailto:a@b"`, `"mailto:a@b"`},
		{"a relative reference", `{"type":"string","format":"uri"}`, `"/a"`, ``},
		{"a URI with a space", `{"type":"string","format":"uri"}`, `"https://a b/"`, ``},
		{"a date", `{"type":"string","format":"date"}`, `"2024-02-29"`, `"2024-02-29"`},
		{"a day that does not exist", `{"type":"string","format":"date"}`, `"2023-02-29"`, ``},
		{"a time", `{"type":"string","format":"date-time"}`, `"2026-03-01t10:00:00.5z"`, `"2026-03-01t10:00:00.5z"`},
		{"a time without a zone", `{"type":"string","format":"date-time"}`, `"2026-03-01T10:00:00"`, ``},
		{"an integer", `{"type":"integer"}`, `-9223372036854775808`, `-9223372036854775808`},
		{"an integer of 65 bits", `{"type":"integer"}`, `9223372036854775808`, ``},
		{"a fraction for an integer", `{"type":"integer"}`, `1.0`, ``},
		{"an exponent for an integer", `{"type":"integer"}`, `1e3`, ``},
		{"a text for an integer", `{"type":"integer"}`, `"1"`, ``},
		{"an integer below the minimum", `{"type":"integer","minimum":1}`, `0`, ``},
		{"a number", `{"type":"number","maximum":2}`, `1.50e0`, `1.50e0`},
		{"a number above the maximum", `{"type":"number","maximum":2}`, `2.1`, ``},
		{"a number that is infinite", `{"type":"number"}`, `1e999`, ``},
		{"a long number", `{"type":"number"}`, `1` + strings.Repeat("0", 64), ``},
		{"a boolean for a number", `{"type":"number"}`, `true`, ``},
		{"a boolean", `{"type":"boolean"}`, `false`, `false`},
		{"a text for a boolean", `{"type":"boolean"}`, `"true"`, ``},
		{"an option", `{"type":"string","enum":["a","b"]}`, `"b"`, `"b"`},
		{"a value that is no option", `{"type":"string","enum":["a","b"]}`, `"c"`, ``},
		{"the title of an option", `{"type":"string","oneOf":[{"const":"a","title":"A"}]}`, `"A"`, ``},
		{"options", `{"type":"array","items":{"enum":["a","b"]}}`, `[ "b", "a" ]`, `["b","a"]`},
		{"no options", `{"type":"array","items":{"enum":["a","b"]}}`, `[]`, `[]`},
		{"an option twice", `{"type":"array","items":{"enum":["a","b"]}}`, `["a","a"]`, ``},
		{"null in a list", `{"type":"array","items":{"enum":["","b"]}}`, `[null]`, ``},
		{"too few options", `{"type":"array","minItems":1,"items":{"enum":["a","b"]}}`, `[]`, ``},
		{"too many options", `{"type":"array","maxItems":1,"items":{"enum":["a","b"]}}`, `["a","b"]`, ``},
		{"a text for a list", `{"type":"array","items":{"enum":["a","b"]}}`, `"a"`, ``},
	} {
		t.Run(tc.name, func(t *testing.T) {
			parsed, err := form.Parse([]byte(field(tc.field)))
			require.NoError(t, err)
			clean, err := form.Check(parsed, json.RawMessage(`{"f":`+tc.value+`}`))
			if tc.want == "" {
				require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
				require.Equal(t, "f", protocol.AsError(err).Field)
				return
			}
			require.NoError(t, err)
			require.Equal(t, `{"f":`+tc.want+`}`, string(clean))
		})
	}
}

func TestCheck_compares_members_with_fields(t *testing.T) {
	parsed, err := form.Parse([]byte(`{"properties":{"b":{"type":"boolean"},"a":{"type":"string"}},"required":["a"]}`))
	require.NoError(t, err)

	clean, err := form.Check(parsed, json.RawMessage(`{"a":"x","b":true}`))
	require.NoError(t, err)
	require.Equal(t, `{"b":true,"a":"x"}`, string(clean), "in the order of the form")

	for name, content := range map[string]string{
		"a required field is missing":  `{"b":true}`,
		"nothing is given":             ``,
		"a field is unknown":           `{"a":"x","c":1}`,
		"a field is given twice":       `{"a":"x","a":"y"}`,
		"the content is not an object": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := form.Check(parsed, json.RawMessage(content))
			require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
		})
	}
}

func TestTarget(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Example.org/a?token=b#c":  "https://example.org",
		"http://localhost:8080/x":          "http://localhost:8080",
		"https://127.0.0.1/":               "https://127.0.0.1",
		"http://[::1]:80/":                 "http://[::1]:80",
		"https://xn--bcher-kva.example./":  "https://xn--bcher-kva.example.",
		"https://bücher.example/":          "",
		"https://good.example@evil.org/":   "",
		`https://evil.org\@good.example/`:  "",
		"https://evil.org\t/":              "",
		"https://2130706433/":              "",
		"https://0x7f.1/":                  "",
		"https://a..b/":                    "",
		"https://a%2eb/":                   "",
		"https:///a":                       "",
		"https:good.example":               "",
		"javascript:alert(1)//https://a.b": "",
		"file:///etc/passwd":               "",
		"data:text/html,x":                 "",
		"//example.org/":                   "",
		"":                                 "",
		"https://example.org/" + strings.Repeat("a", protocol.MaxElicitationURL): "",
	} {
		t.Run(raw[:min(len(raw), 40)], func(t *testing.T) {
			got, err := form.Target(raw)
			require.Equal(t, want, got)
			require.Equal(t, want == "", err != nil, "%v", err)
		})
	}
}
