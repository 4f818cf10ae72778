package agent_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also is the entry of the misbehaving child process, see fake_test.go.
func TestMain(m *testing.M) {
	if how, ok := os.LookupEnv(fakeVariable); ok {
		runFake(how)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
