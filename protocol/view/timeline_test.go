package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/protocol"
)

// chunk returns a piece of a message, as a short event.
func chunk(kind, text string) json.RawMessage {
	return fmt.Appendf(nil, `{"update":{"sessionUpdate":%q,"content":{"type":"text","text":%q}}}`, kind, text)
}

func TestTimeline_does_not_depend_on_how_a_text_is_split(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-zé ]{0,5}`), 1, 20).Draw(rt, "parts")
		kind := rapid.SampledFrom([]string{"agent_message_chunk", "agent_thought_chunk", "user_message_chunk"}).Draw(rt, "kind")
		var pieces, merged Timeline
		for i, part := range parts {
			pieces.Apply(event(t, i+1, chunk(kind, part)))
		}
		merged.Apply(event(t, 1, chunk(kind, strings.Join(parts, ""))))
		got, want := *pieces.Rows()[0].(*SayRow), *merged.Rows()[0].(*SayRow)
		got.Until = want.Until
		require.Equal(rt, want.Blocks[0].Text(), got.Blocks[0].Text())
		require.Len(rt, got.Blocks, 1)
		got.Blocks = want.Blocks
		require.Equal(rt, want, got)
	})
}

// A client prints what the changes say, so they must tell everything.
func TestTimeline_changes_lead_from_the_rows_before_an_event_to_those_after_it(t *testing.T) {
	for file, f := range fixtures(t) {
		for _, c := range f.Cases {
			var timeline Timeline
			known := map[Row]bool{}
			for i, short := range c.Events {
				for _, change := range timeline.Apply(event(t, i+1, short)) {
					if change.Before != nil {
						require.True(t, known[change.Before], "%s/%s event %d", file, c.Name, i+1)
						delete(known, change.Before)
					}
					if change.Now != nil {
						known[change.Now] = true
					}
				}
				require.Len(t, timeline.Rows(), len(known))
				for _, row := range timeline.Rows() {
					require.True(t, known[row], "%s/%s event %d", file, c.Name, i+1)
				}
			}
		}
	}
}

func TestTimeline_rows_that_were_returned_do_not_change(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, c := range f.Cases {
			var timeline Timeline
			rows := map[Row]string{}
			for i, short := range c.Events {
				for _, change := range timeline.Apply(event(t, i+1, short)) {
					if change.Now != nil {
						text, err := json.Marshal(change.Now)
						require.NoError(t, err)
						rows[change.Now] = string(text)
					}
				}
			}
			for row, before := range rows {
				now, err := json.Marshal(row)
				require.NoError(t, err)
				require.Equal(t, before, string(now))
			}
		}
	}
}

// applyUpdate applies what a notification says, without its JSON.
func (t *Timeline) applyUpdate(u update) {
	t.event, t.changes = &protocol.Event{}, nil
	t.takeUpdate(u, nil)
	t.trim()
}

func TestTimeline_is_bounded(t *testing.T) {
	size := func(t *Timeline) (size int) {
		for _, r := range t.Rows() {
			size += r.size()
		}
		return size
	}
	t.Run("in rows", func(t *testing.T) {
		var timeline Timeline
		for range 2*MaxRows + 1 {
			timeline.applyUpdate(&AgentNotice{})
			require.LessOrEqual(t, len(timeline.Rows()), MaxRows)
		}
		require.Equal(t, 2*MaxRows+1, timeline.Dropped()+len(timeline.Rows()))
	})
	t.Run("in bytes", func(t *testing.T) {
		var timeline Timeline
		big := make(json.RawMessage, 3<<20)
		for i := range 20 {
			timeline.applyUpdate(&toolUpdate{id: fmt.Sprint(i), begins: true, fields: toolFields{input: big}})
			require.LessOrEqual(t, timeline.bytes, MaxBytes)
			require.Equal(t, size(&timeline), timeline.bytes)
		}
		require.NotZero(t, timeline.Dropped())
	})
	t.Run("in the text of a message", func(t *testing.T) {
		var timeline Timeline
		for range 60 {
			timeline.applyUpdate(&partUpdate{voice: VoiceMessage, block: Block{Type: "text", text: bytes.Repeat([]byte("é"), 32<<10)}})
		}
		b := timeline.Rows()[0].(*SayRow).Blocks[0]
		require.LessOrEqual(t, len(b.Text()), MaxText)
		require.Equal(t, 60*64<<10, b.Dropped+len(b.Text()))
		require.Equal(t, strings.Repeat("é", len(b.Text())/2), b.Text())
	})
	t.Run("in the output of a terminal", func(t *testing.T) {
		var timeline Timeline
		for range 60 {
			news := terminalNews{text: strings.Repeat("x", 64<<10)}
			timeline.applyUpdate(&toolUpdate{id: "t", fields: toolFields{terminals: []terminalNews{news}}})
		}
		v := timeline.Rows()[0].(*ToolRow).Terminals[0]
		require.LessOrEqual(t, len(v.Output()), MaxText)
		require.Equal(t, 60*64<<10, v.Dropped+len(v.Output()))
	})
	t.Run("in the parts of a message and a result", func(t *testing.T) {
		var timeline Timeline
		for range MaxParts + 5 {
			timeline.applyUpdate(&partUpdate{voice: VoiceMessage, block: Block{Type: "link"}})
		}
		require.Len(t, timeline.Rows()[0].(*SayRow).Blocks, MaxParts)
		for range MaxParts + 5 {
			timeline.applyUpdate(&toolContentUpdate{"t", ToolContent{Type: "unknown"}})
		}
		require.Len(t, timeline.Tool("t").Content, MaxParts)
	})
	t.Run("in notifications of an unknown kind", func(t *testing.T) {
		var timeline Timeline
		for i := range 2*maxRaw + 1 {
			timeline.Apply(event(t, i+1, json.RawMessage(`{"update":{"sessionUpdate":"brand_new"}}`)))
		}
		require.Len(t, timeline.Rows(), 3)
	})
}

// An event about a row that was dropped changes nothing, and breaks nothing.
func TestTimeline_goes_on_after_rows_were_dropped(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, c := range f.Cases {
			var timeline Timeline
			for i, short := range c.Events {
				timeline.Apply(event(t, i+1, short))
				if n := len(timeline.rows) / 2; i%7 == 6 {
					timeline.drop(n)
				}
			}
			_, err := json.Marshal(&timeline)
			require.NoError(t, err)
		}
	}
}

func FuzzTimeline_takes_any_notification(f *testing.F) {
	for _, file := range fixtures(f) {
		for _, c := range file.Cases {
			for _, e := range c.Events {
				f.Add([]byte(e))
			}
		}
	}
	f.Fuzz(func(t *testing.T, short []byte) {
		var s struct{ Update, Notification json.RawMessage }
		if json.Unmarshal(short, &s) != nil || s.Update == nil && s.Notification == nil {
			t.Skip()
		}
		var timeline Timeline
		timeline.Apply(event(t, 1, json.RawMessage(`{"type":"prompt_dispatch_started","payload":{"approvalId":"a"}}`)))
		normal, err := json.Marshal(s)
		require.NoError(t, err)
		if s.Update == nil {
			normal = fmt.Appendf(nil, `{"notification":%s}`, s.Notification)
		}
		for i := range 3 {
			timeline.Apply(event(t, i+2, normal))
		}
		_, err = json.Marshal(&timeline)
		require.NoError(t, err)
	})
}
