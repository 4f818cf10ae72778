package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every "go test" command in the README must match a test in each of its packages.
func TestREADME_names_tests_that_exist(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	command := regexp.MustCompile("`go test ((?:\\./\\S+ ?)+)(?:-run '?([^'`]*)'?)?`")
	commands := command.FindAllStringSubmatch(strings.Join(strings.Fields(string(readme)), " "), -1)
	require.Greater(t, len(commands), 15)
	for _, c := range commands {
		for _, dir := range strings.Fields(c[1]) {
			require.NotEmpty(t, testsIn(t, filepath.Join("../..", dir), regexp.MustCompile(c[2])), c[0])
		}
	}
}

// testsIn returns the names of the tests in a package that match.
func testsIn(t *testing.T, dir string, match *regexp.Regexp) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") && match.MatchString(f.Name.Name) {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
