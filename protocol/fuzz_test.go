package protocol_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// seed adds every line of the transcripts that has one of the marks.
func seed(f *testing.F, marks ...string) {
	for _, lines := range transcripts(f) {
		for _, line := range lines {
			for _, mark := range marks {
				if line.mark == mark {
					f.Add([]byte(line.text))
				}
			}
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	seed(f, ">", ">~", ">!")
	f.Fuzz(func(t *testing.T, line []byte) {
		req, err := protocol.DecodeRequest(line, protocol.DefaultLimits)
		if err != nil {
			require.NotEqual(t, protocol.CodeInternal, protocol.AsError(err).Code, "every error has a code for the client")
			return
		}
		again, err := protocol.EncodeRequest(req)
		require.NoError(t, err)
		got, err := protocol.DecodeRequest(again, protocol.DefaultLimits)
		require.NoError(t, err, "an accepted command is accepted again: %s", again)
		require.Equal(t, req, got)
	})
}

func FuzzDecodeServer(f *testing.F) {
	seed(f, "<")
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := protocol.DecodeServer(line)
		if err != nil {
			return
		}
		again, err := protocol.Encode(m)
		require.NoError(t, err)
		require.True(t, json.Valid(again), "%s", again)
		_, err = protocol.DecodeServer(again)
		require.NoError(t, err)
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"text":"a","count":1,"mode":"view_only","name":"n"}`))
	f.Add([]byte(`{"Text":"a","mode":"anarchy"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v example
		if err := protocol.Decode(data, &v); err != nil {
			require.Equal(t, protocol.CodeInvalidRequest, protocol.AsError(err).Code)
			return
		}
		require.True(t, utf8.ValidString(v.Text))
		require.True(t, v.Mode == "" || v.Mode.Valid())
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add(protocol.Cursor{Seq: 1}.String())
	f.Add("not a cursor")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := protocol.ParseCursor(s); err == nil {
			require.Equal(t, s, c.String(), "a cursor has one spelling")
		}
	})
}
