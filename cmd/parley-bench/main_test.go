package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

// TestMain puts two programs into PATH: parley-bench, which is the test binary, and parley,
// which it builds from the clone.
func TestMain(m *testing.M) {
	testscript.Main(withParley{e2e.CheckLeaks(m)}, map[string]func(){"parley-bench": main})
}

// withParley builds the server, runs the tests and removes the server.
type withParley struct{ tests testscript.TestingM }

func (w withParley) Run() int {
	path, remove, err := findParley(context.Background(), os.Args[0], "", func(string) {})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer remove()
	if err := os.Setenv("PATH", filepath.Dir(path)+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return w.tests.Run()
}
