package demo_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"parley/hub/agent/demo"
)

// stdioVariable is the environment variable that makes the test binary run the agent on
// its standard streams. Its value is the directory of the conversations.
const stdioVariable = "DEMO_STDIO"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(stdioVariable); ok {
		options := demo.Options{History: demo.NewHistory(dir)}
		if err := demo.Serve(context.Background(), os.Stdin, os.Stdout, options); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
