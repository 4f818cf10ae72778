package main

import (
	"net"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

// The variable TAKEN in the scripts is an address that is in use.
func TestScripts(t *testing.T) {
	e2e.RunScripts(t, "parley", func(env *testscript.Env) error {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		env.Defer(func() { _ = taken.Close() })
		env.Setenv("TAKEN", taken.Addr().String())
		env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
		env.Setenv("XDG_DATA_HOME", env.WorkDir+"/share")
		env.Setenv("HOME", env.WorkDir)
		return os.Mkdir(env.WorkDir+"/config", 0o700)
	})
}
