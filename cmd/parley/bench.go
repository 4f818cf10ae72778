package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/bench"
)

func newBenchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how much a server takes",
	}
	cmd.AddCommand(newBenchFanoutCommand(), newBenchRawCommand())
	return cmd
}

func newBenchFanoutCommand() *cobra.Command {
	var f bench.Fanout
	var runs int
	var transport string
	cmd := &cobra.Command{
		Use:  "fanout",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.Transport = bench.Transport(transport)
			bench.RaiseFiles()
			pins, err := bench.Pin()
			if err != nil {
				return err
			}
			program, err := os.Executable()
			if err != nil {
				return err
			}
			s := bench.Suite{Program: program, Pins: pins, Runs: runs, Progress: func(format string, args ...any) {
				fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...)
			}}
			r, err := s.Run(cmd.Context(), f)
			if err != nil {
				return err
			}
			return bench.Table(cmd.OutOrStdout(), r)
		},
	}
	o := cmd.Flags()
	o.IntVar(&f.Subscribers, "subscribers", 100, "how many listen")
	o.IntVar(&f.Window, "window", 32, "events under way at a time")
	o.IntVar(&f.Rate, "rate", 0, "deliveries a second; 0 to go by the window")
	o.IntVar(&f.Size, "size", 400, "bytes of an event")
	o.StringVar(&transport, "transport", "ws", "ws or sse")
	o.DurationVar(&f.Duration, "duration", 3*time.Second, "how long one run is measured")
	o.IntVar(&runs, "runs", 3, "runs of each server")
	return cmd
}

// newBenchRawCommand is the server that Parley is compared with. The bench
// starts it.
func newBenchRawCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "raw",
		Hidden: true,
		Args:   usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "raw is ready: http://"+l.Addr().String())
			return bench.ServeRaw(cmd.Context(), l)
		},
	}
}
