package protocol_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestConfigure_Normalize(t *testing.T) {
	for name, tc := range map[string]struct {
		payload string
		want    string // the value; empty for a refusal
	}{
		"a string":                        {`{"optionId":"o","value": "a\u003cb" }`, `"a<b"`},
		"true":                            {`{"optionId":"o","value": true }`, `true`},
		"a number":                        {`{"optionId":"o","value":1}`, ""},
		"an object":                       {`{"optionId":"o","value":{"a":1}}`, ""},
		"null":                            {`{"optionId":"o","value":null}`, ""},
		"no value":                        {`{"optionId":"o"}`, ""},
		"a long value":                    {`{"optionId":"o","value":"` + strings.Repeat("x", 257) + `"}`, ""},
		"no option":                       {`{"value":"a"}`, ""},
		"an empty option":                 {`{"optionId":"","value":"a"}`, ""},
		"a long option":                   {`{"optionId":"` + strings.Repeat("x", 257) + `","value":"a"}`, ""},
		"a value that is to be forgotten": {`{"optionId":"o","value":"a","forget":true}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var c protocol.Configure
			err := protocol.Decode([]byte(tc.payload), &c)
			if err == nil {
				err = c.Normalize(protocol.DefaultLimits)
			}
			if tc.want == "" {
				var refusal *protocol.Error
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, protocol.CodeInvalidRequest, refusal.Code)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, string(c.Value))
		})
	}
	require.NoError(t, (&protocol.Configure{OptionID: "o", Forget: true}).Normalize(protocol.DefaultLimits))
}

func TestConfigOption_ValueName(t *testing.T) {
	o := &protocol.ConfigOption{Options: []protocol.ConfigValue{{Value: "a", Name: "Apple"}}}
	require.Equal(t, "Apple", o.ValueName(json.RawMessage(`"a"`)))
	require.Equal(t, "b", o.ValueName(json.RawMessage(`"b"`)))
	require.Equal(t, "on", o.ValueName(json.RawMessage(`true`)))
	require.Equal(t, "off", (*protocol.ConfigOption)(nil).ValueName(json.RawMessage(`false`)))
}
