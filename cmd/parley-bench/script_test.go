package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

// TestScripts runs the scripts in testdata/script. Beside the commands of testscript
// they have fails; see [e2e.Fails].
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TMPDIR", env.WorkDir)
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"fails": e2e.FailsCommand("parley-bench")},
	})
}
