package realagents

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

// TestMain puts the programs record and scale into PATH, which are this test binary. The
// program parley is there already; see .tools/test-agents.
func TestMain(m *testing.M) {
	testscript.Main(e2e.CheckLeaks(m), map[string]func(){"record": record, "scale": scale})
}
