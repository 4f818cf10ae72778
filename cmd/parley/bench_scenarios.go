package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/bench"
)

func newBenchFanoutCommand(b *benchRun) *cobra.Command {
	var subscribers, windows, rates []int
	var transports []string
	var size int
	cmd := &cobra.Command{
		Use:   "fanout",
		Short: "One room: one talks, all listen",
		Long: `One room, in which one talks and all listen, the one who talks among them. With
--window, that many events are under way at a time: each makes room for the
next when all have it. With --rate, so many deliveries a second are due, and
their latency counts from then.

With one event under way, and with --rate, the same talk to one listener is
measured first. "CPU-s/M each further" is what listeners beside that one cost:
it is free of the journal, whose commit costs the same for one as for all.

Lists measure every combination.`,
		Example: `  parley bench fanout --subscribers 10,100,1000
  parley bench fanout --rate 50000
  parley bench fanout --transport sse --window 1,32`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(transports, subscribers, windows, rates); err != nil {
				return err
			}
			var all []bench.Scenario
			for _, transport := range transports {
				f := bench.Fanout{Timing: b.timing(), Transport: bench.Transport(transport), Size: size}
				for _, f.Subscribers = range subscribers {
					all = append(all, fanouts(f, windows, rates)...)
				}
			}
			return b.run(cmd, all)
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&subscribers, "subscribers", []int{100}, "how many are in the room")
	f.IntSliceVar(&windows, "window", []int{32, 1}, "events under way at a time")
	f.IntSliceVar(&rates, "rate", nil, "deliveries a second, instead of a window")
	f.StringSliceVar(&transports, "transport", []string{"ws"}, "ws, sse")
	f.IntVar(&size, "size", benchEventSize, "bytes of an event; Parley's have about 730 at the least")
	return cmd
}

// fanouts are those by rate if there are rates, or else by window.
func fanouts(f bench.Fanout, windows, rates []int) (all []bench.Scenario) {
	for _, f.Rate = range rates {
		all = append(all, f.Scenario())
	}
	if len(rates) > 0 {
		return all
	}
	for _, f.Window = range windows {
		all = append(all, f.Scenario())
	}
	return all
}

func newBenchRoomsCommand(b *benchRun) *cobra.Command {
	var rooms []int
	r := bench.Rooms{Size: benchEventSize}
	cmd := &cobra.Command{
		Use:   "rooms",
		Short: "Many rooms, where people talk in turns",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, rooms, []int{r.People, int(r.Rate)}); err != nil {
				return err
			}
			r.Timing = b.timing()
			var all []bench.Scenario
			for _, r.Rooms = range rooms {
				all = append(all, r.Scenario())
			}
			return b.run(cmd, all)
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&rooms, "rooms", []int{100}, "how many rooms")
	f.IntVar(&r.People, "people", 10, "people in each")
	f.Float64Var(&r.Rate, "rate", 2000, "messages a second, all rooms together")
	return cmd
}

func newBenchIdleCommand(b *benchRun) *cobra.Command {
	var transports []string
	var i bench.Idle
	cmd := &cobra.Command{
		Use:   "idle",
		Short: "The memory of connections on which nothing happens",
		Long: `The memory of connections on which nothing happens. RSS is what the server's
process occupies, after it has collected its garbage, as it does by itself within
two minutes when it is idle; heap is what its live objects and stacks take. What
a server needs once is not counted: a twentieth of the connections is open
before. The system's own buffers for sockets are in neither.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(transports, []int{i.Connections, i.Rooms}); err != nil {
				return err
			}
			var all []bench.Scenario
			for _, transport := range transports {
				i.Transport = bench.Transport(transport)
				all = append(all, i.Scenario())
			}
			return b.run(cmd, all)
		},
	}
	f := cmd.Flags()
	f.IntVar(&i.Connections, "connections", 2000, "how many")
	f.IntVar(&i.Rooms, "rooms", 20, "rooms that they are spread over")
	f.StringSliceVar(&transports, "transport", []string{"ws", "sse"}, "ws, sse")
	return cmd
}

func newBenchChurnCommand(b *benchRun) *cobra.Command {
	var c bench.Churn
	cmd := &cobra.Command{
		Use:   "churn",
		Short: "People come, get a first event, and go",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, []int{c.AtOnce, c.Rooms}); err != nil {
				return err
			}
			c.Timing = b.timing()
			return b.run(cmd, []bench.Scenario{c.Scenario()})
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.AtOnce, "at-once", 64, "how many come and go at a time")
	f.IntVar(&c.Rooms, "rooms", 64, "rooms that they are spread over; all in a room hear of each other")
	return cmd
}

func newBenchTokensCommand(b *benchRun) *cobra.Command {
	var agents []int
	var k bench.Tokens
	cmd := &cobra.Command{
		Use:   "tokens",
		Short: "Agents stream, each to a few who watch",
		Long: `Agents stream text at an even pace, each to a few who watch. They are processes
that the server starts, with their pipes; the bench has these handed over and
speaks for all of them, since hundreds of processes with a timer each would
cost more than the server. A chunk's latency counts from when it was due. "kept
up" is what arrived, of what agents should stream in that time; "load core"
tells whether it was the load that could do no more.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, agents, []int{k.Watchers, int(k.Rate)}); err != nil {
				return err
			}
			k.Timing = b.timing()
			var all []bench.Scenario
			for _, k.Agents = range agents {
				all = append(all, k.Scenario())
			}
			return b.run(cmd, all)
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&agents, "agents", []int{500}, "how many agents")
	f.Float64Var(&k.Rate, "rate", 50, "chunks a second of each")
	f.IntVar(&k.Watchers, "watchers", 3, "people who watch each")
	return cmd
}

func newBenchResumeCommand(b *benchRun) *cobra.Command {
	var events []int
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Wake a long session after a restart, and join it",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, events); err != nil {
				return err
			}
			var all []bench.Scenario
			for _, n := range events {
				all = append(all, bench.Resume{Events: n}.Scenario())
			}
			return b.run(cmd, all)
		},
	}
	cmd.Flags().IntSliceVar(&events, "events", []int{100_000}, "how long the session is")
	return cmd
}

func newBenchAsleepCommand(b *benchRun) *cobra.Command {
	var sessions []int
	cmd := &cobra.Command{
		Use:   "asleep",
		Short: "What sessions cost that nobody uses",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, sessions); err != nil {
				return err
			}
			var all []bench.Scenario
			for _, n := range sessions {
				all = append(all, bench.Asleep{Timing: b.timing(), Sessions: n}.Scenario())
			}
			return b.run(cmd, all)
		},
	}
	cmd.Flags().IntSliceVar(&sessions, "sessions", []int{100_000}, "how many are in the data file")
	return cmd
}

func newBenchStalledCommand(b *benchRun) *cobra.Command {
	s := bench.Stalled{Size: benchEventSize}
	cmd := &cobra.Command{
		Use:   "stalled",
		Short: "What somebody who never reads costs those who do",
		Long: `One room, in which one talks and all listen, once with somebody in it who never
reads, and once without.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBench(nil, []int{s.Readers, s.Stalled, s.Rate}); err != nil {
				return err
			}
			s.Timing = b.timing()
			return b.run(cmd, []bench.Scenario{s.Scenario()})
		},
	}
	f := cmd.Flags()
	f.IntVar(&s.Readers, "readers", 99, "how many read")
	f.IntVar(&s.Stalled, "stalled", 1, "how many do not")
	f.IntVar(&s.Rate, "rate", benchStalledRate, "deliveries a second")
	return cmd
}
