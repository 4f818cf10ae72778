package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs what is in testdata/script: the command line as people use
// it, above all what it answers when it was used wrongly.
//
// Beside testscript's own commands there is
//
//	fails CODE COMMAND…   runs a command that has to exit with that code and to
//	                      say why on standard error, in one line
//
// and $TAKEN is an address that somebody listens on.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUpScript,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"fails": fails},
	})
}

func setUpScript(env *testscript.Env) error {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Defer(func() { _ = taken.Close() })
	env.Setenv("TAKEN", taken.Addr().String())
	env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
	env.Setenv("XDG_DATA_HOME", env.WorkDir+"/share")
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("GORACE", "atexit_sleep_ms=0")
	return os.Mkdir(env.WorkDir+"/config", 0o700)
}

func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != want {
		ts.Fatalf("it ended with %v, and not with exit code %d", err, want)
	}
	said := ts.ReadFile("stderr")
	if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "parley: ") {
		ts.Fatalf("this is not one line of parley: %q", said)
	}
}
