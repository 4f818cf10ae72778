package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/cmd/parley-bench/internal/scenario"
	"parley/cmd/parley-bench/internal/target"
)

// each returns a scenario for each value.
func each[V any](values []V, of func(V) scenario.Scenario) (all []scenario.Scenario) {
	for _, v := range values {
		all = append(all, of(v))
	}
	return all
}

func newFanoutCommand(s *settings) *cobra.Command {
	var subscribers, windows, rates []int
	var transports []string
	var size int
	var against scenario.Against
	cmd := s.command("fanout", "One participant talks in a room, all receive it", func() (all []scenario.Scenario, err error) {
		for _, transport := range transports {
			f := scenario.Fanout{Timing: s.timing(), Against: against, Transport: target.Transport(transport), Size: size}
			for _, f.Subscribers = range subscribers {
				all = append(all, fanouts(f, windows, rates)...)
			}
		}
		return all, checkScenario(transports, subscribers, windows, rates)
	})
	cmd.Long = `One participant talks in a room, and all participants receive it, the one who
talks included. With --window, that many events are in flight at a time: the
next is sent when one has reached all. With --rate, that many deliveries a
second are due, and their latency counts from the time when they were due.

With a window of one event, and with --rate, the same talk to one listener is
measured first. "CPU-s/M each further" is the cost of the listeners beyond that
one. It does not contain the journal, whose commit costs the same for one
listener as for all.

Lists of values measure every combination.`
	cmd.Example = `  parley-bench fanout --subscribers 10,100,1000
  parley-bench fanout --rate 50000
  parley-bench fanout --transport sse --window 1,32`
	f := cmd.Flags()
	f.IntSliceVar(&subscribers, "subscribers", []int{100}, "participants in the room")
	f.IntSliceVar(&windows, "window", []int{32, 1}, "events in flight at a time")
	f.IntSliceVar(&rates, "rate", nil, "deliveries a second, instead of a window")
	f.StringSliceVar(&transports, "transport", []string{"ws"}, "ws, sse")
	f.IntVar(&size, "size", eventSize, "bytes of an event; an event of Parley's has at least about 730")
	addDurable(f, &against)
	return cmd
}

// fanouts returns a scenario for each rate or, without rates, for each window.
func fanouts(f scenario.Fanout, windows, rates []int) []scenario.Scenario {
	if len(rates) > 0 {
		return each(rates, func(n int) scenario.Scenario { f.Rate = n; return f.Scenario() })
	}
	return each(windows, func(n int) scenario.Scenario { f.Window = n; return f.Scenario() })
}

func newRoomsCommand(s *settings) *cobra.Command {
	var rooms []int
	r := scenario.Rooms{Size: eventSize}
	cmd := s.command("rooms", "Participants talk in many rooms in turn", func() ([]scenario.Scenario, error) {
		r.Timing = s.timing()
		all := each(rooms, func(n int) scenario.Scenario { r.Rooms = n; return r.Scenario() })
		return all, checkScenario(nil, rooms, []int{r.People, int(r.Rate)})
	})
	f := cmd.Flags()
	f.IntSliceVar(&rooms, "rooms", []int{100}, "number of rooms")
	f.IntVar(&r.People, "people", 10, "participants in each")
	f.Float64Var(&r.Rate, "rate", 2000, "messages a second, in all rooms together")
	addDurable(f, &r.Against)
	return cmd
}

func addDurable(f *pflag.FlagSet, a *scenario.Against) {
	f.BoolVar(&a.Durable, "durable", false, "let raw commit every message to a journal before it sends it, so that the ratio leaves that cost out")
}

func newIdleCommand(s *settings) *cobra.Command {
	var transports []string
	var i scenario.Idle
	cmd := s.command("idle", "Memory of connections without traffic", func() ([]scenario.Scenario, error) {
		all := each(transports, func(t string) scenario.Scenario { i.Transport = target.Transport(t); return i.Scenario() })
		return all, checkScenario(transports, []int{i.Connections, i.Rooms})
	})
	cmd.Long = `Memory of connections without traffic. RSS is the resident memory of the server
after three garbage collections; heap is its live objects and stacks. A
twentieth of the connections is opened before the first reading, so that what
the server allocates once is not counted. A few MB of free memory that the
server keeps are: they weigh less the more connections there are. The buffers
that the system has for sockets are in neither.`
	f := cmd.Flags()
	f.IntVar(&i.Connections, "connections", 8000, "number of connections")
	f.IntVar(&i.Rooms, "rooms", 20, "rooms that they are spread over")
	f.StringSliceVar(&transports, "transport", []string{"ws", "sse"}, "ws, sse")
	return cmd
}

func newChurnCommand(s *settings) *cobra.Command {
	var c scenario.Churn
	cmd := s.command("churn", "Participants join, receive a first event, and disconnect", func() ([]scenario.Scenario, error) {
		c.Timing = s.timing()
		return []scenario.Scenario{c.Scenario()}, checkScenario(nil, []int{c.AtOnce, c.Rooms})
	})
	f := cmd.Flags()
	f.IntVar(&c.AtOnce, "at-once", 256, "joins at a time")
	f.IntVar(&c.Rooms, "rooms", 1000, "rooms that they are spread over; a welcome lists all participants of a room")
	addDurable(f, &c.Against)
	return cmd
}
