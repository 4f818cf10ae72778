package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
)

const call = `{"jsonrpc":"2.0","method":"m"}`

func TestTrimNoise_removes_what_precedes_a_message(t *testing.T) {
	for name, noise := range map[string]string{
		"nothing":                               "",
		"a byte order mark":                     "\ufeff",
		"white space":                           " \t\v\f\u00a0\u2003",
		"control characters":                    "\x00\a\b\x7f\u0085",
		"colours":                               "\x1b[1;31m\x1b[0m",
		"a private mode":                        "\x1b[?25l",
		"a window title":                        "\x1b]0;a title\a",
		"a link, ended by a string terminator":  "\x1b]8;;https://example.com\x1b\\",
		"a device control string":               "\x1bP1$r0m\x1b\\",
		"a character set":                       "\x1b(B",
		"a keypad mode":                         "\x1b=",
		"a lone escape before another sequence": "\x1b\x1b[K",
		"several of them":                       " \ufeff\x1b[2K\r\x1b[1G\t",
	} {
		require.Equal(t, call, string(wire.TrimNoise([]byte(noise+call))), name)
	}
	require.Equal(t, "x"+call, string(wire.TrimNoise([]byte(" x"+call))), "text stays")
	for _, cut := range []string{"", " ", "\x1b", "\x1b[", "\x1b[31", "\x1b]0;t", "\x1b("} {
		require.LessOrEqual(t, len(wire.TrimNoise([]byte(cut))), len(cut), "%q", cut)
	}
}

func FuzzTrimNoise(f *testing.F) {
	f.Add([]byte("\x1b]0;t\a\x1b[31m{"))
	f.Fuzz(func(t *testing.T, line []byte) {
		rest := wire.TrimNoise(line)
		require.True(t, strings.HasSuffix(string(line), string(rest)))
		_, _ = wire.ParseAfterText(line)
		require.LessOrEqual(t, len(wire.ForPeople(line, 10)), 10+len("…"))
	})
}

func TestParseAfterText_finds_a_message_at_the_end_of_a_line(t *testing.T) {
	for _, text := range []string{"", "Ok to proceed? (y) ", "loading {a}{b} … ", "{", strings.Repeat("x", 4000)} {
		m, err := wire.ParseAfterText([]byte(text + call + " "))
		require.NoError(t, err, "%.40q", text)
		require.Equal(t, "m", m.Method)
	}
	for _, line := range []string{"", "no brace", call + " and more", strings.Repeat("{", 100) + call, strings.Repeat("x", 5000) + call} {
		_, err := wire.ParseAfterText([]byte(line))
		require.ErrorIs(t, err, wire.ErrNotJSON, "%.40q", line)
	}
}

func TestForPeople_removes_secrets_and_invisible_characters(t *testing.T) {
	for in, want := range map[string]string{
		"plain ü 語 🙂":                           "plain ü 語 🙂",
		"  two\r\n\tlines \n":                   "two\n\tlines",
		"\x1b[31mred\x1b[0m":                    "red",
		"\x1b]8;;https://a\x1b\\link\x1b]8;;\a": "link",
		"a\x00b\u202ec\U000e0041d\u200be":       "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe",
		"a\xffb":                                "a\uFFFDb",
	} {
		require.Equal(t, want, wire.ForPeople(in, 100), "%q", in)
	}
	require.Equal(t, "éé…", wire.ForPeople("ééé", 5), "characters are not split")
	require.Equal(t, "token=[redacted] ok", wire.ForPeople("to\x1b[1mken=hunter2\x1b[0m ok", 100), "colours hide no secret")
	require.Equal(t, "ok "+strings.Repeat("token=[redacted] ", 5)+"sk-short …",
		wire.ForPeople("ok "+strings.Repeat("token="+strings.Repeat("x", 6400)+" ", 5)+"sk-short "+strings.Repeat("y", 1<<10), 1000),
		"the rest of a truncated word is removed")
}

func TestError_includes_the_reason_in_the_data(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for in, want := range map[string]string{
		`{"code":-32603,"message":"Internal error","data":{"details":"Quota exceeded"}}`:           "Internal error: Quota exceeded",
		`{"code":-32603,"message":"Internal error","data":{"x":1,"message":"no such model"}}`:      "Internal error: no such model",
		`{"code":-32603,"message":"Internal error","data":"a text"}`:                               "Internal error: a text",
		`{"code":-32603,"message":"Internal error","data":{"why": {"model":"foo-1"}, "n": [ 1 ]}}`: `Internal error: {"why":{"model":"foo-1"},"n":[1]}`,
		`{"code":-32603,"message":"Internal error","data":[1, 2]}`:                                 "Internal error: [1,2]",
		`{"code":-32603,"message":"Internal error","data":null}`:                                   "Internal error",
		`{"code":-32603,"message":"Quota exceeded: wait","data":"Quota exceeded"}`:                 "Quota exceeded: wait",
		`{"code":1,"data":{"details":""}}`:                                                         `{"details":""} (error 1)`,
		`{"code":1,"message":"a\u001b[31mb","data":"c\u0000\u202ed"}`:                              "ab: c\uFFFD\uFFFDd (error 1)",
	} {
		require.EqualError(t, wire.DecodeError([]byte(in)), want)
	}
	for _, data := range []string{`"` + long + `"`, `{"details":"` + long + `"}`, `{"x":"` + long + `"}`} {
		require.Less(t, len(wire.DecodeError([]byte(`{"code":1,"message":"m","data":`+data+`}`)).Error()), 5<<10)
	}
}

func TestReader_keeps_only_the_beginning_of_a_line_that_is_too_long(t *testing.T) {
	line, err := wire.NewReader(endless{}, 1<<20).Next()
	require.ErrorIs(t, err, wire.ErrTooLong)
	require.LessOrEqual(t, cap(line), 4<<10)
}
