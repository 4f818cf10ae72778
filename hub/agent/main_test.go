package agent_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the entry point of the fake agent; see fake_test.go.
func TestMain(m *testing.M) {
	if how, ok := os.LookupEnv(fakeVariable); ok {
		runFake(how)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
