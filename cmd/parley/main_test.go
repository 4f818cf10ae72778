package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parley/cmd/internal/e2e"
)

// TestMain puts programs into PATH that are this test binary: parley, and the programs that
// tests run beside it.
func TestMain(m *testing.M) {
	testscript.Main(e2e.CheckLeaks(m), map[string]func(){
		"parley":         main,
		"tee-output":     teeOutput,
		"counting-agent": countingAgent,
	})
}
