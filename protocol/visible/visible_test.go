package visible

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSplit_passes_the_shared_cases(t *testing.T) {
	content, err := os.ReadFile("../testdata/visible.json")
	require.NoError(t, err)
	var file struct {
		Cases []struct {
			Name, Input string
			Segments    []Segment
			Hidden      int
		}
	}
	require.NoError(t, json.Unmarshal(content, &file))
	require.NotEmpty(t, file.Cases)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if len(c.Segments) == 0 {
				require.Empty(t, Split(c.Input))
			} else {
				require.Equal(t, c.Segments, joined(Split(c.Input)))
			}
			require.Equal(t, c.Hidden, Count(c.Input))
		})
	}
}

func TestSplit_marks_bytes_that_are_not_UTF_8(t *testing.T) {
	require.Equal(t, "a⟨0xFF⟩b⟨0xC3⟩", Mark("a\xffb\xc3"))
	require.Equal(t, "⟨0xED⟩⟨0xA0⟩⟨0x80⟩", Mark("\xed\xa0\x80"), "a surrogate")
}

func TestMark_removes_hidden_characters_and_keeps_visible_ones(t *testing.T) {
	alphabet := []rune("ab1# \n\t\r\u202e\u200d\u200c\ufe0f\U000e0067\U000e0062\U000e007f🏴👩❤🏽ی\u094dक\u20e3\u2800")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom(alphabet))).Draw(t, "text")
		marked := Mark(text)
		require.True(t, utf8.ValidString(marked))
		require.Zero(t, Count(marked), "%q", marked)
		require.Equal(t, marked, Mark(marked), "marks are visible")
		hidden := 0
		var seen strings.Builder
		for _, s := range Split(text) {
			require.NotEqual(t, s.Text == "", s.Hidden == "", "a segment has exactly one member")
			if seen.WriteString(s.Text); s.Hidden != "" {
				hidden++
			}
		}
		require.Equal(t, Count(text), hidden)
		require.Equal(t, drawn(text), drawn(seen.String()))
	})
}

// drawn returns the characters of a text that have a glyph in every context.
func drawn(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && !hidden(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
}

// joined merges adjacent visible segments, as the shared cases do.
func joined(segments []Segment) (out []Segment) {
	for _, s := range segments {
		if last := len(out) - 1; last >= 0 && s.Text != "" && out[last].Text != "" {
			out[last].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func BenchmarkCount(b *testing.B) {
	text := strings.Repeat("Plain text, é, 👩‍👩‍👧 and \u202e. ", 10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Count(text)
	}
}
