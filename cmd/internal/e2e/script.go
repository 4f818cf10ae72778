package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// NoLeaks returns the tests of m for [testscript.Main]. They fail if they leave
// goroutines behind.
func NoLeaks(m *testing.M) testscript.TestingM { return noLeaks{m} }

type noLeaks struct{ m *testing.M }

func (n noLeaks) Run() int {
	code := n.m.Run()
	CloseIdle()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left over:", err)
		return max(code, 1)
	}
	return code
}

// Fails returns a command for scripts:
//
//	fails CODE COMMAND ARGS...
//
// It runs a command that has to exit with that code and to write one line to its
// standard error, which begins with the name of the program.
func Fails(program string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 {
			ts.Fatalf("usage: fails CODE COMMAND ARGS...")
		}
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		err = ts.Exec(args[1], args[2:]...)
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != want {
			ts.Fatalf("the command ended with %v, not with exit code %d", err, want)
		}
		written := ts.ReadFile("stderr")
		if strings.Count(written, "\n") != 1 || !strings.HasPrefix(written, program+": ") {
			ts.Fatalf("standard error is not one line of %s: %q", program, written)
		}
	}
}
