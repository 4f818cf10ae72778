package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func readArchitecture(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../.github/ARCHITECTURE.md")
	require.NoError(t, err)
	return string(page)
}

// A link of the page is [`Name`](../file): the file must exist and, unless the name is
// that of a file, declare it.
func TestARCHITECTURE_links_to_existing_declarations(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile("\\[`([^`]+)`\\]\\(([^)]+)\\)")
	links := link.FindAllStringSubmatch(strings.Join(strings.Fields(readArchitecture(t)), " "), -1)
	require.Greater(t, len(links), 30)
	for _, l := range links {
		name, file := l[1], filepath.Join("../../.github", l[2])
		require.FileExists(t, file, l[0])
		if filepath.Ext(file) == ".go" && name != filepath.Base(file) {
			require.Contains(t, declarations(t, file), name, l[0])
		}
	}
}

// declarations returns the functions and types of a file; methods as Type.Method.
func declarations(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, receiver(d)+d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					names = append(names, s.Name.Name)
				}
			}
		}
	}
	return names
}

// receiver returns the type of a method with a dot, or nothing for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if pointer, ok := typ.(*ast.StarExpr); ok {
		typ = pointer.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "" // no generic type is on the page
}

// The drawing has one line for each layer. Every package of the module is in it,
// itself or by the package above it, and imports only what is on lower lines.
func TestARCHITECTURE_draws_the_layers_of_all_packages(t *testing.T) {
	t.Parallel()
	imports := moduleImports(t)
	_, section, found := strings.Cut(readArchitecture(t), "\n## Packages\n")
	require.True(t, found)
	drawing := strings.Split(section, "```")[1]
	layers := map[string]int{}
	for i, line := range strings.Split(drawing, "\n") {
		for _, word := range strings.Fields(line) {
			if strings.Contains(word, "/") || imports[word] != nil {
				require.DirExists(t, filepath.Join("../..", word), "the drawing names %s", word)
				layers[word] = i
			}
		}
	}
	for pkg, imported := range imports {
		from := drawn(layers, pkg)
		require.NotEmpty(t, from, "the drawing lacks %s", pkg)
		for _, other := range imported {
			if to := drawn(layers, other); to != from {
				require.Greater(t, layers[to], layers[from], "%s imports %s", pkg, other)
			}
		}
	}
}

// drawn returns the package of the drawing that stands for a package: itself, or the
// nearest one above it.
func drawn(layers map[string]int, pkg string) string {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if _, ok := layers[pkg]; ok {
			return pkg
		}
	}
	return ""
}

// moduleImports returns the packages of the module, each with those of the module
// that it imports.
func moduleImports(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "parley/...")
	out, err := list.Output()
	require.NoError(t, err)
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(strings.ReplaceAll(" "+line, " parley/", " "))
		all[paths[0]] = paths[1:]
	}
	for pkg, paths := range all {
		all[pkg] = slices.DeleteFunc(paths, func(p string) bool { return all[p] == nil })
	}
	return all
}
