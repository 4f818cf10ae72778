package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"parley/cmd/parley/internal/e2e"
)

// TestMain puts programs into PATH that are this test binary again: parley as
// it is, and those that tests run beside it.
func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){
		"parley":     main,
		"tee-output": teeOutput,
	})
}

// leakless runs the tests and fails if they leave goroutines behind.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	e2e.CloseIdle()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left over:", err)
		return max(code, 1)
	}
	return code
}
