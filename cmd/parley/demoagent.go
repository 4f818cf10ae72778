package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub/agent"
	"parley/hub/agent/demo"
)

// newDemoAgentCommand returns "parley demo-agent".
func newDemoAgentCommand() *cobra.Command {
	var pace time.Duration
	var dir string
	var signedOut, login bool
	cmd := &cobra.Command{
		Use:   "demo-agent",
		Short: "Run the demo agent on standard input and output",
		Long: `A demo agent that speaks the Agent Client Protocol, version 1, on standard
input and output. It needs no model and no network: it streams text, thoughts,
a plan and tool calls, asks for permission, and can be cancelled. Use it to try a
client of the protocol, or Parley itself.`,
		Example: `  parley demo-agent --pace 0s
  parley serve --agent mine="parley demo-agent"`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if login {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "The demo agent has no account. Another agent would now ask for a password, or open a page.")
				return err
			}
			options := demo.Options{Pace: pace, SignedOut: signedOut && os.Getenv(demo.KeyVariable) == ""}
			if dir != "" {
				options.History = demo.NewHistory(dir)
			}
			err := demo.Serve(cmd.Context(), os.Stdin, os.Stdout, options)
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		},
	}
	cmd.Flags().DurationVar(&pace, "pace", agent.DefaultDemoPace, "pause between two chunks of text, such as 30ms; 0 for none")
	cmd.Flags().BoolVar(&signedOut, "signed-out", false, "require signing in, as an agent without an account does, unless "+demo.KeyVariable+" is set")
	cmd.Flags().BoolVar(&login, "login", false, "say what the command of an agent that signs in does")
	cmd.Flags().StringVar(&dir, "history", "", "directory in which conversations are saved, so that they can be loaded again; empty to save none")
	return cmd
}
