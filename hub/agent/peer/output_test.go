package peer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTail_begins_with_a_complete_line_or_word(t *testing.T) {
	long := strings.Repeat("x", TailSize/2)
	for written, begins := range map[string]string{
		"password: correct horse " + long + " battery\n" + long + "\nlast": "\nxxx",
		"password=" + long + long + " then " + long:                        " then xxx",
		"complete\n" + long: "complete\nxxx",
	} {
		kept := new(tail)
		_, _ = kept.Write([]byte(written[:9]))
		_, _ = kept.Write([]byte(written[9:]))
		require.True(t, strings.HasPrefix(kept.String(), begins), "%.40q", kept.String())
		require.True(t, strings.HasSuffix(written, kept.String()))
	}
}
