package brief_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/shared/brief"
	"parley/protocol"
)

func TestText_is_bounded_in_JSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		most := rapid.IntRange(0, 40).Draw(t, "most")
		shown, cut := brief.Text(text, most)
		encoded, err := protocol.Marshal(shown)
		require.NoError(t, err)
		require.LessOrEqual(t, len(encoded)-len(`""`), most)
		require.True(t, strings.HasPrefix(text, shown))
		require.Equal(t, cut, shown != text)
	})
}

func TestTextSize_is_at_least_the_size_in_JSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		require.GreaterOrEqual(t, brief.TextSize(text)+2, len(rules.RawJSON(strings.ReplaceAll(strings.ReplaceAll(text, "\u2028", ""), "\u2029", ""))))
	})
}
