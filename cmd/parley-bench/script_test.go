package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

func TestScripts(t *testing.T) {
	e2e.RunScripts(t, "parley-bench", func(env *testscript.Env) error {
		env.Setenv("TMPDIR", env.WorkDir)
		return nil
	})
}
