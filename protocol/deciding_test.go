package protocol_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// DECIDING.md names the tests that prevent each way of deceiving people, so they must
// exist under these names.
func TestDeciding_names_only_existing_tests(t *testing.T) {
	page, err := os.ReadFile("DECIDING.md")
	require.NoError(t, err)
	known, open, found := strings.Cut(string(page), "\n## Known and not prevented\n")
	require.True(t, found, "the page lists what is not prevented")
	require.NotEmpty(t, strings.TrimSpace(open))
	rows, names := 0, 0
	for line := range strings.Lines(known) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ") || cells[1] == "web UI" || strings.HasPrefix(cells[1], "---") {
			continue
		}
		rows++
		require.Len(t, cells, 4, "a row has a threat and the tests of the web UI, the terminal and the API: %s", line)
		tests := 0
		for _, cell := range cells[1:] {
			for _, name := range quoted.FindAllStringSubmatch(cell, -1) {
				tests++
				require.NoError(t, exists(name[1]), line)
			}
		}
		require.NotZero(t, tests, "a threat without a test belongs in the last section: %s", line)
		names += tests
	}
	require.Greater(t, rows, 20)
	require.Greater(t, names, rows)
}

var quoted = regexp.MustCompile("`([^`]+)`")

// exists finds a test of Go (TestName or TestName/subtest) or of Vitest (file: title).
func exists(name string) error {
	if file, title, ok := strings.Cut(name, ": "); ok {
		return existsTitle(file, title)
	}
	name, sub, _ := strings.Cut(name, "/")
	declared := "\nfunc " + name + "("
	for path, source := range sources() {
		if strings.HasSuffix(path, "_test.go") && strings.Contains(source, declared) {
			if sub == "" || strings.Contains(source, `"`+sub+`"`) || strings.Contains(source, "`"+sub+"`") {
				return nil
			}
			return fmt.Errorf("%s has no subtest %q in %s", name, sub, path)
		}
	}
	return fmt.Errorf("no test is called %s", name)
}

// existsTitle finds a test of Vitest by its title in the source.
func existsTitle(file, title string) error {
	for path, source := range sources() {
		if filepath.Base(path) != file {
			continue
		}
		for _, quote := range []string{`"`, "`", "'"} {
			if strings.Contains(source, "("+quote+title+quote) {
				return nil
			}
		}
		return fmt.Errorf("%s has no test %q", path, title)
	}
	return fmt.Errorf("no file is called %s", file)
}

// sources returns the test files of the repository by path.
var sources = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || path != ".." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if isTest := regexp.MustCompile(`_test\.go$|\.(test|e2e)\.tsx?$`); !d.IsDir() && isTest.MatchString(path) {
			source, err := os.ReadFile(path)
			found[path] = "\n" + string(source)
			return err
		}
		return nil
	})
	if err != nil {
		panic(err) // the repository must be readable
	}
	return found
})
