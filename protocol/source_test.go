package protocol_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// constants returns the values of all string constants of a type in the package's
// source.
func constants(t testing.TB, ofType string) []string {
	var values []string
	eachConstant(t, func(name, typ, value string) {
		if typ == ofType {
			values = append(values, value)
		}
	})
	require.NotEmpty(t, values)
	return values
}

// closeCodes returns the names of the close codes by number.
func closeCodes(t testing.TB) map[int]string {
	codes := make(map[int]string)
	eachConstant(t, func(name, typ, value string) {
		if n, err := strconv.Atoi(value); err == nil && typ == "" && strings.HasPrefix(name, "Close") {
			codes[n] = name
		}
	})
	require.NotEmpty(t, codes)
	return codes
}

// eachConstant calls f for every constant with a literal value.
func eachConstant(t testing.TB, f func(name, typ, value string)) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				literalsOf(spec, f)
			}
			return true
		})
	}
}

func literalsOf(spec *ast.ValueSpec, f func(name, typ, value string)) {
	typ, _ := spec.Type.(*ast.Ident)
	for i, value := range spec.Values {
		literal, ok := value.(*ast.BasicLit)
		if !ok {
			continue
		}
		v := constant.MakeFromLiteral(literal.Value, literal.Kind, 0)
		text := v.ExactString()
		if v.Kind() == constant.String {
			text = constant.StringVal(v)
		}
		name := ""
		if typ != nil {
			name = typ.Name
		}
		f(spec.Names[i].Name, name, text)
	}
}
