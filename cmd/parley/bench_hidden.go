package main

import (
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/bench"
	"parley/hub/journal/sqlite"
)

// What the bench starts, and nobody else.

func newBenchRawCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:    "raw",
		Short:  "The server that Parley is compared with",
		Hidden: true,
		Args:   usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "raw is ready: http://"+l.Addr().String())
			return bench.ServeRaw(cmd.Context(), l, dir, sqlite.Options{CommitInterval: defaultCommitInterval})
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "directory to keep every message in before it is passed on")
	return cmd
}

func newBenchStreamerCommand() *cobra.Command {
	var socket string
	var core int
	cmd := &cobra.Command{
		Use:    "streamer",
		Short:  "An agent of the tokens scenario",
		Hidden: true,
		Args:   usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := bench.PinTo(core); err != nil {
				return err
			}
			return bench.ServeStreamer(socket, os.Stdin, os.Stdout)
		},
	}
	cmd.Flags().StringVar(&socket, "bench", "", "socket of the bench, which speaks for it")
	cmd.Flags().IntVar(&core, "core", -1, "core to run on; any if negative")
	return cmd
}
