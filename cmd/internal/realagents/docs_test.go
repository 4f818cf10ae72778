package realagents

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of docs/agents.md says which agents are tested, and for what. This test runs without
// the agents.
func TestDocs_have_the_table_of_tested_agents(t *testing.T) {
	page, err := os.ReadFile("../../../docs/agents.md")
	require.NoError(t, err)
	if want := table(t); !strings.Contains(string(page), want) {
		t.Errorf("docs/agents.md does not have this table:\n%s", want)
	}
}

// table returns the table: a row for each step and a column for each agent.
func table(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	row := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	head := []string{"the agent"}
	for _, a := range agents {
		head = append(head, fmt.Sprintf("%s %s (ACP %d)", path.Base(a.pkg), version(t, a.pkg), a.version))
	}
	row(head)
	row(slices.Repeat([]string{"---"}, len(head)))
	for _, s := range steps {
		cells := []string{s.name}
		for _, a := range agents {
			cells = append(cells, cell(s, a))
		}
		row(cells)
	}
	return b.String()
}

func cell(s step, a realAgent) string {
	if s.applies == nil || s.applies(a) {
		return "✓"
	}
	return "–"
}

// version returns the version of a package in the lock file.
func version(t *testing.T, pkg string) string {
	t.Helper()
	content, err := os.ReadFile("../../../.tools/agents/package-lock.json")
	require.NoError(t, err)
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	require.NoError(t, json.Unmarshal(content, &lock))
	v := lock.Packages["node_modules/"+pkg].Version
	require.NotEmpty(t, v, "the lock file does not have %s", pkg)
	return v
}
