package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pureImports are the packages of the standard library that the rules may import.
var pureImports = []string{
	"bytes", "cmp", "crypto/hmac", "crypto/sha256", "encoding/base64", "encoding/binary", "encoding/json",
	"errors", "fmt", "iter", "maps", "slices", "strconv", "strings", "time", "unicode", "unicode/utf8",
}

// clockReaders are the functions of package time that read the clock or wait.
var clockReaders = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

func TestRules_use_no_clock_channel_lock_or_disk(t *testing.T) {
	for _, dir := range []string{".", "host", "recap", "shared", "shared/masks"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, names)
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
				require.NoError(t, err)
				requirePure(t, filepath.ToSlash(name), file)
			}
		}
	}
}

func requirePure(t *testing.T, name string, file *ast.File) {
	t.Helper()
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		pure := strings.HasPrefix(path, "parley/") || slices.Contains(pureImports, path)
		require.True(t, pure, "%s may not import %s", name, path)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
			require.Failf(t, "concurrency in the rules", "%s: %T", name, n)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" {
				require.NotContains(t, clockReaders, n.Sel.Name, "%s reads the clock", name)
			}
		}
		return true
	})
}
