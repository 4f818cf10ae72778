package toolcall

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOutput_does_not_depend_on_how_text_is_split(t *testing.T) {
	pieces := rapid.SliceOf(rapid.SampledFrom([]string{"a", "\r", "\n", "\x1b", "[", "3", "1m", "]0;t", "\a", "\\", "(", "é", " "}))
	rapid.Check(t, func(t *rapid.T) {
		parts := append(pieces.Draw(t, "parts"), "end") // which ends any sequence except a string
		var once, cut Output
		want := once.Append(strings.Join(parts, ""))
		var got strings.Builder
		for _, part := range parts {
			got.WriteString(cut.Append(part))
		}
		require.Equal(t, want, got.String(), "%q", parts)
	})
}
