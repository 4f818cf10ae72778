package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"parley/cmd/internal/cli"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// CheckLeaks returns the tests of m for [testscript.Main]. They fail if they leak
// goroutines.
func CheckLeaks(m *testing.M) testscript.TestingM { return leakChecker{m} }

type leakChecker struct{ m *testing.M }

func (n leakChecker) Run() int {
	code := n.m.Run()
	CloseIdleConnections()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "leaked goroutines:", err)
		return max(code, 1)
	}
	return code
}

// failsCommand returns a command for scripts:
//
//	fails CODE COMMAND ARGS...
//
// It runs a command, which must exit with that code and write one line to standard
// error, or several lines with the exit code 2. Each line must begin with the name of the
// program.
func failsCommand(program string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 {
			ts.Fatalf("usage: fails CODE COMMAND ARGS...")
		}
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		err = ts.Exec(args[1], args[2:]...)
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != want {
			ts.Fatalf("the command ended with %v; want exit code %d", err, want)
		}
		written := ts.ReadFile("stderr")
		lines := strings.Split(strings.TrimSuffix(written, "\n"), "\n")
		for _, line := range lines {
			if len(lines) > 1 && want != cli.ExitUsage || !strings.HasPrefix(line, program+": ") {
				ts.Fatalf("standard error is not one line of %s: %q", program, written)
			}
		}
	}
}

// RunScripts runs the scripts in testdata/script. Beside the commands of testscript they
// have fails; see [failsCommand]. setUp may set variables for a script.
func RunScripts(t *testing.T, program string, setUp func(*testscript.Env) error) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return setUp(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"fails": failsCommand(program)},
	})
}
