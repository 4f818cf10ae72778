package console

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func press(text string) []key {
	return (&decoder{}).feed([]byte(text), time.Time{})
}

func TestDecoder_decodes_keys(t *testing.T) {
	for in, want := range map[string][]key{
		"hé👩‍👩‍👧":                               {{text: "hé👩‍👩‍👧"}},
		"\r":                                    {{kind: keyEnter}},
		"\n":                                    {{kind: keyEnter}},
		"hi\r":                                  {{text: "hi"}, {kind: keyEnter}},
		"hi\r\n\r":                              {{text: "hi"}, {kind: keyEnter}},
		"\x7f\x08\x17\x15\x0b":                  {{kind: keyBackspace}, {kind: keyBackspace}, {kind: keyWordBack}, {kind: keyKillBack}, {kind: keyKill}},
		"\x1b[D\x1b[C\x1bOH\x1b[4~":             {{kind: keyLeft}, {kind: keyRight}, {kind: keyHome}, {kind: keyEnd}},
		"\x1b[A\x1b[B\x1b[3~":                   {{kind: keyUp}, {kind: keyDown}, {kind: keyDeleteAt}},
		"\x03\x04\x0c\x1a":                      {{kind: keyInterrupt}, {kind: keyDelete}, {kind: keyClear}, {kind: keySuspend}},
		"a\x1b\rb":                              {{text: "a\nb"}},
		"\x1b[1;5Ca\x1bxb\x1b[99~\x00":          {{text: "ab"}},
		"bad \xff":                              {{text: "bad \ufffd"}},
		"\x1b[" + strings.Repeat("1", 99) + "a": {{text: strings.Repeat("1", 68) + "a"}},
	} {
		require.Equal(t, want, press(in), "%q", in)
	}
}

func TestDecoder_an_escape_key_does_not_swallow_the_next_key(t *testing.T) {
	var d decoder
	now := time.Now()
	require.Empty(t, d.feed([]byte("\x1b"), now))
	require.Equal(t, []key{{kind: keyLeft}}, d.feed([]byte("[D"), now.Add(time.Millisecond)))
	require.Empty(t, d.feed([]byte("\x1b"), now))
	require.Equal(t, []key{{text: "a"}}, d.feed([]byte("a"), now.Add(time.Second)))
}

func TestDecoder_decodes_a_paste_as_text(t *testing.T) {
	for in, want := range map[string][]key{
		pasteBegin + "/allow\r/quit\r" + pasteEnd:                         {{text: "/allow\n/quit\n"}},
		"/prompt " + pasteBegin + "a\r\nb\tc\x03\x1b[A" + pasteEnd + "\r": {{text: "/prompt a\nb\tc\x03\x1b[A"}, {kind: keyEnter}},
		"Fix this:\nError\n/mode prompt_direct\n":                         {{text: "Fix this:\nError\n/mode prompt_direct"}, {kind: keyEnter}},
		"one\r\ntwo": {{text: "one\ntwo"}},
		"\rtwo":      {{text: "\ntwo"}},
		pasteBegin + "x" + pasteEnd + "\r/allow\r" + pasteEnd: {{text: "x\n/allow\n"}},
	} {
		require.Equal(t, want, press(in), "%q", in)
	}
}

func TestDecoder_decodes_a_paste_in_any_chunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab\n\t/é👩\u200d\x1b[201"))).Draw(t, "text")
		text = strings.ReplaceAll(text, pasteEnd, "")
		in := pasteBegin + strings.ReplaceAll(text, "\n", "\r\n") + pasteEnd
		var d decoder
		var got strings.Builder
		for in != "" {
			n := rapid.IntRange(1, len(in)).Draw(t, "n")
			for _, k := range d.feed([]byte(in[:n]), time.Time{}) {
				require.Equal(t, keyText, k.kind)
				got.WriteString(k.text)
			}
			in = in[n:]
		}
		require.Equal(t, text, got.String())
		require.Empty(t, d.rest)
	})
}

func TestDecoder_ends_a_paste_without_an_end_on_Ctrl_C(t *testing.T) {
	var d decoder
	d.feed([]byte(pasteBegin+"abc"), time.Time{})
	require.Equal(t, []key{{kind: keyInterrupt}}, d.feed([]byte{3}, time.Time{}))
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte(pasteBegin + "a\r\n" + pasteEnd + "\x1b[3~\xff\x1b"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var d decoder
		for _, b := range in {
			d.feed([]byte{b}, time.Time{})
			require.LessOrEqual(t, len(d.rest), maxEscape)
		}
		(&decoder{}).feed(in, time.Time{})
	})
}
