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

// readPages returns README.md and the pages of docs, by their paths in the repository.
func readPages(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	pages := make(map[string]string)
	for _, name := range append(names, "../../README.md") {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		pages[strings.TrimPrefix(filepath.ToSlash(name), "../../")] = string(text)
	}
	return pages
}

// Every "go test" command in the README and in docs must match a test in each of its packages.
func TestREADME_names_tests_that_exist(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile("`go test ((?:\\./\\S+ ?)+)(?:-run '?([^'`]*)'?)?`")
	total := 0
	for page, text := range readPages(t) {
		commands := command.FindAllStringSubmatch(strings.Join(strings.Fields(text), " "), -1)
		total += len(commands)
		for _, c := range commands {
			for _, dir := range strings.Fields(c[1]) {
				require.NotEmpty(t, testsIn(t, filepath.Join("../..", dir), regexp.MustCompile(c[2])), "%s: %s", page, c[0])
			}
		}
	}
	require.Greater(t, total, 15)
}

// A newcomer reads the first screen of the README, and then as much of it as is needed.
func TestREADME_is_short_and_begins_with_the_two_commands(t *testing.T) {
	t.Parallel()
	lines := strings.Split(readPages(t)["README.md"], "\n")
	require.LessOrEqual(t, len(lines), 300, "move reference material to docs")
	first := strings.Join(lines[:20], "\n")
	require.Contains(t, first, "\nmake run ")
	require.Contains(t, first, "\nmake test ")
}

func TestREADME_lists_every_command(t *testing.T) {
	t.Parallel()
	readme := readPages(t)["README.md"]
	for _, c := range newRootCommand().Commands() {
		require.Regexp(t, "\\| `parley "+c.Name()+"[ `]", readme)
	}
}

func TestREADME_links_to_every_page_of_docs(t *testing.T) {
	t.Parallel()
	pages := readPages(t)
	for page := range pages {
		if page != "README.md" {
			require.Contains(t, pages["README.md"], "]("+page+")")
		}
	}
}

// Every link to a file must lead to one, and to a heading of it if the link names one.
func TestREADME_has_no_dead_links(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`(?:\]\(|src=")([^)"\s#]*)(?:#([^)"\s]*))?[)"]`)
	for page, text := range readPages(t) {
		links := link.FindAllStringSubmatch(text, -1)
		for _, l := range links {
			if strings.Contains(l[1], "://") {
				continue
			}
			target := filepath.Join("../..", page)
			if l[1] != "" {
				target = filepath.Join(filepath.Dir(target), l[1])
			}
			require.FileExists(t, target, "%s: %s", page, l[0])
			if l[2] != "" {
				require.Contains(t, anchors(t, target), l[2], "%s: %s", page, l[0])
			}
		}
	}
}

// anchors returns the names by which links lead to the headings of a page.
func anchors(t *testing.T, page string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
		name := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
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
