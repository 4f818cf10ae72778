package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/bench"
)

// benchEventSize is a little more than what an event of chat has beside its
// text, so that those of both servers are equally long.
const benchEventSize = 800

// benchStalledRate is how many deliveries a second there are beside somebody
// who does not read: it fills the system's buffers at once, and in a run of 3 s
// not the server's backlog, so that they are behind all the time.
const benchStalledRate = 40_000

// benchPostConnections and benchPostSize are what post measures.
var benchPostConnections = []int{1, 2, 4, 8, 16, 32}

const benchPostSize = 100

func newBenchAllCommand(b *benchRun) *cobra.Command {
	return b.command("all", "Every scenario, with the settings that have goals", func() ([]bench.Scenario, error) {
		return b.all(), nil
	})
}

func (b *benchRun) all() []bench.Scenario {
	fanout := func(f bench.Fanout) bench.Scenario {
		f.Timing, f.Size = b.timing(), benchEventSize
		return f.Scenario()
	}
	return append(b.load(),
		fanout(bench.Fanout{Subscribers: 100, Transport: bench.WebSocket, Window: 32}),
		fanout(bench.Fanout{Subscribers: 100, Transport: bench.WebSocket, Window: 1}),
		fanout(bench.Fanout{Subscribers: 100, Transport: bench.WebSocket, Rate: 50_000}),
		fanout(bench.Fanout{Subscribers: 1000, Transport: bench.WebSocket, Window: 32}),
		fanout(bench.Fanout{Subscribers: 1000, Transport: bench.WebSocket, Window: 1}),
		fanout(bench.Fanout{Subscribers: 100, Transport: bench.SSE, Window: 32}),
		fanout(bench.Fanout{Subscribers: 100, Transport: bench.SSE, Window: 1}),
		bench.Rooms{Timing: b.timing(), Rooms: 100, People: 10, Rate: 2000, Size: benchEventSize}.Scenario(),
		bench.Idle{Connections: 8000, Rooms: 20, Transport: bench.WebSocket}.Scenario(),
		bench.Idle{Connections: 8000, Rooms: 20, Transport: bench.SSE}.Scenario(),
		bench.Churn{Timing: b.timing(), AtOnce: 256, Rooms: 1000}.Scenario(),
		bench.Tokens{Timing: b.timing(), Agents: 500, Rate: 50, Watchers: 3}.Scenario(),
		bench.Stalled{Timing: b.timing(), Readers: 99, Stalled: 1, Rate: benchStalledRate, Size: benchEventSize}.Scenario(),
		bench.Resume{Events: 100_000}.Scenario(),
		bench.Asleep{Timing: b.timing(), Sessions: 100_000}.Scenario(),
	)
}

func newBenchLoadCommand(b *benchRun) *cobra.Command {
	cmd := b.command("load", "Latency and processor time under load, beside a raw that is durable too", func() ([]bench.Scenario, error) {
		return b.load(), nil
	})
	cmd.Long = `Measure p50, p99 and processor time under load, beside a raw that keeps every
message in a journal too, so that the cost of durability falls on both:

  post    1 to 32 connections that post messages, each the next when the one
          before is answered
  fanout  500 messages a second in a room of 100
  rooms   20 messages a second in each of 100 rooms of 10
  churn   joins, 8 at a time

It takes three minutes.`
	return cmd
}

func (b *benchRun) load() []bench.Scenario {
	durable := bench.Against{Durable: true}
	return append(posts(b.timing(), benchPostConnections, benchPostSize),
		bench.Fanout{Timing: b.timing(), Against: durable, Subscribers: 100, Transport: bench.WebSocket, Rate: 50_000, Size: benchEventSize}.Scenario(),
		bench.Rooms{Timing: b.timing(), Against: durable, Rooms: 100, People: 10, Rate: 2000, Size: benchEventSize}.Scenario(),
		bench.Churn{Timing: b.timing(), Against: durable, AtOnce: 8, Rooms: 8}.Scenario(),
	)
}

func newBenchCurvesCommand(b *benchRun) *cobra.Command {
	cmd := b.command("curves", "How cost grows with people, rooms, sessions and events", func() ([]bench.Scenario, error) {
		return b.curves(), nil
	})
	cmd.Long = `Measure how cost grows: 10 to 10,000 people in a room, 1 to 10,000 rooms, 1,000 to
1,000,000 sessions asleep, and as many events in one session. It takes a quarter
of an hour and 5 GB of disk for a while. "parley bench plot" draws it.`
	return cmd
}

func (b *benchRun) curves() (all []bench.Scenario) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		all = append(all, bench.Fanout{Timing: b.timing(), Subscribers: n, Transport: bench.WebSocket, Window: 32, Size: benchEventSize}.Scenario())
	}
	for _, n := range []int{1, 10, 100, 1000, 10_000} { // one in each: two would need more sockets than there are ports
		all = append(all, bench.Rooms{Timing: b.timing(), Rooms: n, People: 1, Rate: 2000, Size: benchEventSize}.Scenario())
	}
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		all = append(all, bench.Asleep{Timing: b.timing(), Sessions: n}.Scenario())
	}
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		all = append(all, bench.Resume{Events: n}.Scenario())
	}
	return all
}

func newBenchPlotCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "plot FILE",
		Short:   "Draw curves from a file of --json",
		Example: `  parley bench plot curves.json -o plots`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := bench.Load(args[0])
			if err != nil {
				return err
			}
			files, err := bench.Plot(report, dir)
			for _, file := range files {
				fmt.Fprintln(cmd.OutOrStdout(), file)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", ".", "directory for the drawings, as SVG; made if it is missing")
	return cmd
}
