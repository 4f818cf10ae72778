package main

import (
	"net"
	"os"
	"testing"

	"parley/cmd/internal/e2e"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the scripts in testdata/script, which test the command line, above all
// its errors. Beside the commands of testscript they have fails; see [e2e.FailsCommand]. The
// variable TAKEN is an address that is in use.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUpScript,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"fails": e2e.FailsCommand("parley")},
	})
}

// setUpScript sets the variables of a script and listens on TAKEN.
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
