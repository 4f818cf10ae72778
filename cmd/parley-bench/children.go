package main

import (
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/raw"
	"parley/cmd/parley-bench/internal/streamer"
	"parley/hub/journal/sqlite"
)

// The commands in this file are hidden: they are run by parley-bench itself, and by servers
// that it has started.

// newRawCommand returns the hidden command that runs the raw server.
func newRawCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:    "raw",
		Short:  "Run the server that Parley is compared with",
		Hidden: true,
		Args:   cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "raw is ready: http://"+l.Addr().String())
			return raw.Serve(cmd.Context(), l, dir, sqlite.Options{CommitInterval: sqlite.DefaultCommitInterval})
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "directory for a journal to commit every message to before it is sent")
	return cmd
}

// newStreamerCommand returns the hidden command that runs an agent.
func newStreamerCommand() *cobra.Command {
	var socket string
	var core int
	cmd := &cobra.Command{
		Use:    "streamer",
		Short:  "Run an agent of the tokens scenario",
		Hidden: true,
		Args:   cli.Args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if err := machine.PinTo(core); err != nil {
				return err
			}
			return streamer.Serve(socket, os.Stdin, os.Stdout)
		},
	}
	cmd.Flags().StringVar(&socket, "socket", "", "Unix socket of the process that streams for this agent")
	cmd.Flags().IntVar(&core, "core", -1, "core to run on; any if negative")
	return cmd
}
