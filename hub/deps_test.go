package hub_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// imports returns the direct imports of the module's packages, without those of tests.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "parley/...").Output()
	require.NoError(t, err)
	found := map[string][]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		path, rest, _ := strings.Cut(lines.Text(), " ")
		found[path] = strings.Fields(rest)
	}
	return found
}

// isStandard reports whether a package belongs to the standard library.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != "parley" && !strings.Contains(first, ".")
}

// allowance says what the packages that match a pattern may import besides the standard
// library. A pattern that ends in ... also matches the packages below.
type allowance struct {
	pkg     string
	imports []string
}

// allowances has every package of the module. The first one that matches counts.
var allowances = []allowance{
	{"parley/protocol/client/...", []string{"parley/protocol/...", "github.com/coder/websocket/...", "github.com/google/uuid"}},
	{"parley/protocol/connect/link", []string{"parley/protocol/...", "github.com/coder/websocket/..."}},
	{"parley/protocol/...", []string{"parley/protocol/...", "github.com/google/uuid"}},
	{"parley/hub/blobs", []string{"parley/hub/journal"}},
	{"parley/hub/blobs/sniff", []string{"parley/protocol"}},
	{"parley/hub/blobs/dir", []string{"parley/hub/blobs", "parley/hub/journal", "golang.org/x/sys/..."}},
	{"parley/hub/naming", []string{"parley/protocol", "golang.org/x/text/...", "github.com/mtibben/confusables"}},
	{"parley/hub/redact", []string{"parley/protocol/jsonwalk"}},
	{"parley/hub/rules", []string{"parley/protocol", "parley/hub/journal", "parley/hub/redact"}},
	{"parley/hub/rules/host/turns", []string{"parley/protocol", "parley/hub/journal", "parley/hub/rules"}},
	{"parley/hub/rules/host/calls", []string{"parley/protocol", "parley/hub/journal", "parley/hub/rules"}},
	{"parley/hub/rules/host/options", []string{"parley/protocol", "parley/hub/rules"}},
	{"parley/hub/rules/host/factbuffer", []string{"parley/protocol", "parley/hub/rules", "parley/hub/rules/host"}},
	{"parley/hub/rules/host", []string{"parley/protocol", "parley/hub/journal", "parley/hub/rules", "parley/hub/rules/host/calls", "parley/hub/rules/host/turns", "parley/hub/rules/host/options"}},
	{"parley/hub/rules/recap", nil},
	{"parley/hub/rules/shared/people", []string{"parley/protocol", "parley/hub/naming", "parley/hub/rules"}},
	{"parley/hub/rules/shared/commands", []string{"parley/hub/journal", "parley/hub/rules"}},
	{"parley/hub/rules/shared/brief", []string{"parley/protocol", "parley/hub/rules"}},
	{"parley/hub/rules/shared/questions", []string{"parley/protocol", "parley/hub/journal", "parley/hub/rules", "parley/hub/rules/shared/brief"}},
	{"parley/hub/rules/shared/masks", []string{"parley/protocol", "parley/protocol/jsonwalk", "parley/hub/redact", "parley/hub/rules"}},
	{"parley/hub/rules/shared", []string{"parley/protocol", "parley/protocol/form", "parley/hub/journal", "parley/hub/naming", "parley/hub/redact", "parley/hub/rules", "parley/hub/rules/recap", "parley/hub/rules/shared/..."}},
	{"parley/hub/rules/rulestest", []string{"parley/protocol", "parley/hub/journal", "parley/hub/history", "parley/hub/lookup", "parley/hub/rules/...", "github.com/stretchr/testify/...", "pgregory.net/rapid"}},
	{"parley/hub/lookup", []string{"parley/protocol", "parley/hub/journal", "parley/hub/history", "parley/hub/rules", "parley/hub/rules/shared", "parley/hub/rules/shared/people"}},
	{"parley/hub/internal/...", []string{"parley/protocol", "parley/hub/journal", "parley/hub/rules", "parley/hub/internal/..."}},
	{"parley/hub/feed", []string{"parley/hub/internal/background", "parley/protocol", "parley/hub/journal", "parley/hub/history", "parley/hub/rules", "go.uber.org/zap/...", "github.com/google/uuid"}},
	{"parley/hub/export", []string{"parley/protocol", "parley/hub/journal", "parley/hub/history", "parley/hub/rules"}},
	{"parley/hub/history", []string{"parley/protocol", "parley/protocol/textmerge", "parley/hub/journal", "parley/hub/rules"}},
	{"parley/hub", []string{"parley/protocol", "parley/hub/internal/...", "parley/hub/blobs", "parley/hub/blobs/sniff", "parley/hub/journal", "parley/hub/export", "parley/hub/feed", "parley/hub/history", "parley/hub/lookup", "parley/hub/redact", "parley/hub/rules", "parley/hub/rules/host", "parley/hub/rules/host/factbuffer", "parley/hub/rules/shared", "go.uber.org/zap/...", "github.com/google/uuid"}},
	{"parley/hub/hubtest/...", []string{"parley/...", "github.com/stretchr/testify/...", "pgregory.net/rapid", "github.com/google/uuid", "go.uber.org/zap/...", "github.com/hanwen/go-fuse/...", "golang.org/x/sys/..."}},
	{"parley/hub/simulation", nil},
	{"parley/hub/journal", []string{"parley/protocol", "github.com/google/uuid"}},
	{"parley/hub/journal/engine", []string{"parley/hub/journal", "parley/protocol"}},
	{"parley/hub/journal/memory/...", []string{"parley/hub/journal/...", "parley/protocol"}},
	{"parley/hub/journal/sqlite/...", []string{"parley/hub/journal/...", "parley/protocol", "modernc.org/sqlite/...", "github.com/gofrs/flock", "go.uber.org/zap/...", "golang.org/x/sys/..."}},
	{"parley/hub/journal/jetstream/...", []string{"parley/hub/journal/...", "parley/protocol", "github.com/nats-io/...", "go.uber.org/zap/...", "github.com/google/uuid"}},
	{"parley/hub/agent/...", []string{"parley/hub", "parley/hub/blobs", "parley/hub/blobs/sniff", "parley/hub/internal/limit", "parley/hub/rules", "parley/hub/journal", "parley/hub/agent/...", "parley/protocol", "parley/protocol/connect/...", "parley/protocol/form", "parley/protocol/jsonwalk", "go.uber.org/zap/...", "github.com/google/uuid", "github.com/kballard/go-shellquote", "golang.org/x/sys/...", "golang.org/x/time/...", "github.com/coder/websocket/..."}},
	{"parley/hub/worktree", []string{"parley/hub/journal", "parley/protocol", "go.uber.org/zap/...", "golang.org/x/sys/..."}},
	{"parley/web/...", []string{"parley/hub", "parley/hub/feed", "parley/protocol/...", "parley/web/...", "github.com/coder/websocket/...", "go.uber.org/zap/...", "github.com/google/uuid", "golang.org/x/sys/...", "golang.org/x/time/...", "github.com/prometheus/...", "go.opentelemetry.io/...", "github.com/coreos/go-oidc/..."}},
	{"parley/cmd/...", []string{"..."}},
}

// matches reports whether a package path matches a pattern.
func matches(pattern, path string) bool {
	below, all := strings.CutSuffix(pattern, "...")
	if !all {
		return pattern == path
	}
	return below == "" || strings.HasPrefix(path+"/", below)
}

func TestDependencies_point_inward(t *testing.T) {
	for pkg, paths := range imports(t) {
		i := slices.IndexFunc(allowances, func(a allowance) bool { return matches(a.pkg, pkg) })
		require.GreaterOrEqual(t, i, 0, "allowances has no entry for %s", pkg)
		for _, path := range paths {
			allowed := slices.ContainsFunc(allowances[i].imports, func(pattern string) bool { return matches(pattern, path) })
			require.True(t, isStandard(path) || allowed, "%s may not import %s", pkg, path)
		}
	}
}

// technologies are the packages that implement the hub's interfaces with a technology.
var technologies = []string{"parley/hub/journal/memory", "parley/hub/journal/sqlite", "parley/hub/journal/jetstream", "parley/hub/blobs/dir", "parley/hub/agent", "parley/hub/worktree", "parley/web"}

func TestDependencies_only_commands_import_two_technologies(t *testing.T) {
	for pkg, paths := range imports(t) {
		if strings.HasPrefix(pkg, "parley/cmd/") || strings.HasPrefix(pkg, "parley/hub/hubtest") {
			continue
		}
		for _, path := range paths {
			for _, technology := range technologies {
				within := path == technology || strings.HasPrefix(path, technology+"/")
				own := pkg == technology || strings.HasPrefix(pkg, technology+"/")
				require.True(t, !within || own, "%s may not import %s", pkg, filepath.ToSlash(path))
			}
		}
	}
}

// The binary that users install contains nothing that only the load generator needs.
func TestDependencies_the_server_does_not_contain_the_load_generator(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "parley/cmd/parley").Output()
	require.NoError(t, err)
	for path := range strings.FieldsSeq(string(out)) {
		for _, below := range []string{"parley/cmd/parley-bench", "gonum.org", "github.com/HdrHistogram", "github.com/stretchr/testify"} {
			require.False(t, path == below || strings.HasPrefix(path, below+"/"), "parley/cmd/parley contains %s", path)
		}
	}
}
