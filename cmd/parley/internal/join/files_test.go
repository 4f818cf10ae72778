package join

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

func TestScreen_shows_who_has_reviewed_a_file(t *testing.T) {
	ada := protocol.Participant{ID: "1", UserID: "ada"}
	for want, p := range map[string]*protocol.FileReviewed{
		"* ada marked a⟨U+202E⟩.go as reviewed\n": {Path: "a\u202e.go", Reviewed: true, Participant: ada},
		"* ada removed the mark of a.go\n":        {Path: "a.go", Participant: ada},
	} {
		var out strings.Builder
		newScreen(&out, false, ledger.New()).event(newRoom(), &protocol.Event{Payload: p})
		require.Equal(t, want, out.String())
	}
}
