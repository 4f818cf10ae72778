package view

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// fixture is a file of testdata/view, which the TypeScript client folds too.
type fixture struct {
	About string
	Cases []struct {
		Name   string
		Events []json.RawMessage
		View   json.RawMessage
	}
}

func fixtures(t testing.TB) map[string]fixture {
	names, err := filepath.Glob("../testdata/view/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	all := map[string]fixture{}
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		var f fixture
		require.NoError(t, json.Unmarshal(content, &f), name)
		all[filepath.Base(name)] = f
	}
	return all
}

var storyBegin = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// event returns the whole event of a short one: one second apart, with numbered cursors.
func event(t testing.TB, number int, short json.RawMessage) *protocol.Event {
	var s struct {
		Type         protocol.EventType
		Payload      json.RawMessage
		Update       json.RawMessage
		Notification json.RawMessage
		Redaction    protocol.Redaction
	}
	require.NoError(t, json.Unmarshal(short, &s))
	switch {
	case s.Update != nil:
		s.Notification = fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"x","update":%s}}`, s.Update)
		fallthrough
	case s.Type == "":
		s.Type, s.Payload = protocol.EventHostSessionUpdate, fmt.Appendf(nil, `{"notification":%s}`, s.Notification)
	}
	payload, err := protocol.DecodePayload(s.Type, s.Payload)
	require.NoError(t, err, "%s", short)
	return &protocol.Event{Type: s.Type, Cursor: protocol.Cursor{Seq: uint64(number)}, SharedSessionID: "s1",
		Timestamp: storyBegin.Add(time.Duration(number) * time.Second), Redaction: s.Redaction, Payload: payload}
}

func TestTimeline_folds_the_shared_files_as_the_TypeScript_client_does(t *testing.T) {
	for file, f := range fixtures(t) {
		for _, c := range f.Cases {
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				var timeline Timeline
				for i, short := range c.Events {
					timeline.Apply(event(t, i+1, short))
				}
				got, err := json.Marshal(&timeline)
				require.NoError(t, err)
				require.JSONEq(t, string(c.View), string(got))
			})
		}
	}
}
