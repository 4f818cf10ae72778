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
	var version int
	var signedOut, login bool
	cmd := &cobra.Command{
		Use:   "demo-agent",
		Short: "Run the demo agent on standard input and output",
		Long: `A demo agent that speaks the Agent Client Protocol on standard input and output.
It needs no model and no network: it streams text, thoughts, a plan and tool
calls, asks for permission, and can be cancelled. Use it to try a client of the
protocol, or Parley itself.

It speaks version 1 of the protocol. With --acp-version 2 it speaks the preview
version 2 with clients that ask for it, in which it also works in the background
and begins a turn by itself.`,
		Example: `  parley demo-agent --pace 0s
  parley demo-agent --acp-version 2
  parley serve --agent mine="parley demo-agent"`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version != 1 && version != 2 {
				return cli.Usagef("--acp-version: %d is neither 1 nor 2", version)
			}
			if login {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "The demo agent has no account. Another agent would now ask for a password, or open a page.")
				return err
			}
			options := demo.Options{Pace: pace, Version: version, SignedOut: signedOut && os.Getenv(demo.KeyVariable) == ""}
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
	cmd.Flags().IntVar(&version, "acp-version", 1, "newest version of the Agent Client Protocol to speak: 1, or 2, which is a preview")
	cmd.Flags().BoolVar(&signedOut, "signed-out", false, "require signing in, as an agent without an account does, unless "+demo.KeyVariable+" is set")
	cmd.Flags().BoolVar(&login, "login", false, "print what the sign-in command of a real agent would do, and exit")
	cmd.Flags().StringVar(&dir, "history", "", "directory in which conversations are saved, so that they can be loaded again; empty to save none")
	return cmd
}
