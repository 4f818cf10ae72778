package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/cmd/parley/internal/bench"
)

// command is one that measures what the flags ask for.
func (b *benchRun) command(use, short string, scenarios func() ([]bench.Scenario, error)) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := scenarios()
			if err != nil {
				return err
			}
			return b.run(cmd, all)
		},
	}
}

// each makes a scenario of each value.
func each[V any](values []V, scenario func(V) bench.Scenario) (all []bench.Scenario) {
	for _, v := range values {
		all = append(all, scenario(v))
	}
	return all
}

func newBenchFanoutCommand(b *benchRun) *cobra.Command {
	var subscribers, windows, rates []int
	var transports []string
	var size int
	var against bench.Against
	cmd := b.command("fanout", "One room: one talks, all listen", func() (all []bench.Scenario, err error) {
		for _, transport := range transports {
			f := bench.Fanout{Timing: b.timing(), Against: against, Transport: bench.Transport(transport), Size: size}
			for _, f.Subscribers = range subscribers {
				all = append(all, fanouts(f, windows, rates)...)
			}
		}
		return all, checkBench(transports, subscribers, windows, rates)
	})
	cmd.Long = `One room, in which one talks and all listen, the one who talks among them. With
--window, that many events are under way at a time: each makes room for the
next when all have it. With --rate, so many deliveries a second are due, and
their latency counts from then.

With one event under way, and with --rate, the same talk to one listener is
measured first. "CPU-s/M each further" is what listeners beside that one cost:
it is free of the journal, whose commit costs the same for one as for all.

Lists measure every combination.`
	cmd.Example = `  parley bench fanout --subscribers 10,100,1000
  parley bench fanout --rate 50000
  parley bench fanout --transport sse --window 1,32`
	f := cmd.Flags()
	f.IntSliceVar(&subscribers, "subscribers", []int{100}, "how many are in the room")
	f.IntSliceVar(&windows, "window", []int{32, 1}, "events under way at a time")
	f.IntSliceVar(&rates, "rate", nil, "deliveries a second, instead of a window")
	f.StringSliceVar(&transports, "transport", []string{"ws"}, "ws, sse")
	f.IntVar(&size, "size", benchEventSize, "bytes of an event; Parley's have about 730 at the least")
	addDurable(f, &against)
	return cmd
}

// fanouts are those by rate if there are rates, or else by window.
func fanouts(f bench.Fanout, windows, rates []int) []bench.Scenario {
	if len(rates) > 0 {
		return each(rates, func(n int) bench.Scenario { f.Rate = n; return f.Scenario() })
	}
	return each(windows, func(n int) bench.Scenario { f.Window = n; return f.Scenario() })
}

func newBenchRoomsCommand(b *benchRun) *cobra.Command {
	var rooms []int
	r := bench.Rooms{Size: benchEventSize}
	cmd := b.command("rooms", "Many rooms, where people talk in turns", func() ([]bench.Scenario, error) {
		r.Timing = b.timing()
		all := each(rooms, func(n int) bench.Scenario { r.Rooms = n; return r.Scenario() })
		return all, checkBench(nil, rooms, []int{r.People, int(r.Rate)})
	})
	f := cmd.Flags()
	f.IntSliceVar(&rooms, "rooms", []int{100}, "how many rooms")
	f.IntVar(&r.People, "people", 10, "people in each")
	f.Float64Var(&r.Rate, "rate", 2000, "messages a second, all rooms together")
	addDurable(f, &r.Against)
	return cmd
}

func addDurable(f *pflag.FlagSet, a *bench.Against) {
	f.BoolVar(&a.Durable, "durable", false, "have raw keep every message in a journal too, before it passes it on, to tell what that alone costs")
}

func newBenchIdleCommand(b *benchRun) *cobra.Command {
	var transports []string
	var i bench.Idle
	cmd := b.command("idle", "The memory of connections on which nothing happens", func() ([]bench.Scenario, error) {
		all := each(transports, func(t string) bench.Scenario { i.Transport = bench.Transport(t); return i.Scenario() })
		return all, checkBench(transports, []int{i.Connections, i.Rooms})
	})
	cmd.Long = `The memory of connections on which nothing happens. RSS is what the server's
process occupies after it has collected its garbage three times; heap is what
its live objects and stacks take. What a server needs once is not counted: a
twentieth of the connections is open before. Some MB of free memory that it
keeps at hand are: the more connections, the less they weigh. The system's own
buffers for sockets are in neither.`
	f := cmd.Flags()
	f.IntVar(&i.Connections, "connections", 8000, "how many")
	f.IntVar(&i.Rooms, "rooms", 20, "rooms that they are spread over")
	f.StringSliceVar(&transports, "transport", []string{"ws", "sse"}, "ws, sse")
	return cmd
}

func newBenchChurnCommand(b *benchRun) *cobra.Command {
	var c bench.Churn
	cmd := b.command("churn", "People come, get a first event, and go", func() ([]bench.Scenario, error) {
		c.Timing = b.timing()
		return []bench.Scenario{c.Scenario()}, checkBench(nil, []int{c.AtOnce, c.Rooms})
	})
	f := cmd.Flags()
	f.IntVar(&c.AtOnce, "at-once", 256, "how many come and go at a time")
	f.IntVar(&c.Rooms, "rooms", 1000, "rooms that they are spread over; a welcome names all in a room")
	addDurable(f, &c.Against)
	return cmd
}

func newBenchPostCommand(b *benchRun) *cobra.Command {
	var connections []int
	var size int
	cmd := b.command("post", "Connections post messages, each the next when the last is answered", func() ([]bench.Scenario, error) {
		return posts(b.timing(), connections, size), checkBench(nil, connections, []int{size})
	})
	cmd.Long = `Connections post messages to one room by the REST API, each as a participant of
its own, and the next as soon as the one before is answered. An answer waits for
a commit, so this shows what commits do for those who wait for them: more
connections should never get fewer messages through. Beside it stands raw, which
keeps every message in a journal too.`
	f := cmd.Flags()
	f.IntSliceVar(&connections, "connections", benchPostConnections, "how many connections")
	f.IntVar(&size, "size", benchPostSize, "bytes of a message's text")
	return cmd
}

func posts(t bench.Timing, connections []int, size int) []bench.Scenario {
	return each(connections, func(n int) bench.Scenario {
		return bench.Post{Timing: t, Connections: n, Size: size}.Scenario()
	})
}

func newBenchTokensCommand(b *benchRun) *cobra.Command {
	var agents []int
	var k bench.Tokens
	cmd := b.command("tokens", "Agents stream, each to a few who watch", func() ([]bench.Scenario, error) {
		k.Timing = b.timing()
		all := each(agents, func(n int) bench.Scenario { k.Agents = n; return k.Scenario() })
		return all, checkBench(nil, agents, []int{k.Watchers, int(k.Rate)})
	})
	cmd.Long = `Agents stream text at an even pace, each to a few who watch. They are processes
that the server starts, with their pipes; the bench has these handed over and
speaks for all of them, since hundreds of processes with a timer each would
cost more than the server. A chunk's latency counts from when it was due. "kept
up" is what arrived, of what agents should stream in that time; "load core"
tells whether it was the load that could do no more.`
	f := cmd.Flags()
	f.IntSliceVar(&agents, "agents", []int{500}, "how many agents")
	f.Float64Var(&k.Rate, "rate", 50, "chunks a second of each")
	f.IntVar(&k.Watchers, "watchers", 3, "people who watch each")
	return cmd
}

func newBenchStalledCommand(b *benchRun) *cobra.Command {
	s := bench.Stalled{Size: benchEventSize}
	cmd := b.command("stalled", "What somebody who never reads costs those who do", func() ([]bench.Scenario, error) {
		s.Timing = b.timing()
		return []bench.Scenario{s.Scenario()}, checkBench(nil, []int{s.Readers, s.Stalled, s.Rate})
	})
	cmd.Long = `One room, in which one talks and all listen, once with somebody in it who never
reads, and once without.`
	f := cmd.Flags()
	f.IntVar(&s.Readers, "readers", 99, "how many read")
	f.IntVar(&s.Stalled, "stalled", 1, "how many do not")
	f.IntVar(&s.Rate, "rate", benchStalledRate, "deliveries a second")
	return cmd
}

func newBenchResumeCommand(b *benchRun) *cobra.Command {
	var events []int
	cmd := b.command("resume", "Wake a long session after a restart, and join it", func() ([]bench.Scenario, error) {
		all := each(events, func(n int) bench.Scenario { return bench.Resume{Events: n}.Scenario() })
		return all, checkBench(nil, events)
	})
	cmd.Flags().IntSliceVar(&events, "events", []int{100_000}, "how long the session is")
	return cmd
}

func newBenchAsleepCommand(b *benchRun) *cobra.Command {
	var sessions []int
	cmd := b.command("asleep", "What sessions cost that nobody uses", func() ([]bench.Scenario, error) {
		all := each(sessions, func(n int) bench.Scenario { return bench.Asleep{Timing: b.timing(), Sessions: n}.Scenario() })
		return all, checkBench(nil, sessions)
	})
	cmd.Flags().IntSliceVar(&sessions, "sessions", []int{100_000}, "how many are in the data file")
	return cmd
}
