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

// newFanoutCommand returns "parley-bench fanout".
func newFanoutCommand(s *settings) *cobra.Command {
	var subscribers, windows, rates []int
	var transports []string
	var size int
	var against scenario.Comparison
	cmd := s.command("fanout", "Measure a room in which one participant sends and all receive", func() (all []scenario.Scenario, err error) {
		for _, transport := range transports {
			f := scenario.Fanout{Timing: s.timing(), Comparison: against, Transport: target.Transport(transport), Size: size}
			for _, f.Subscribers = range subscribers {
				all = append(all, fanouts(f, windows, rates)...)
			}
		}
		return all, checkScenario(transports, subscribers, windows, rates)
	})
	cmd.Long = `Measure a room in which one participant sends messages and all participants,
the sender included, receive them. With --window, that many events are in flight:
the next one is sent when one has reached all participants. With --rate, that many
deliveries per second are due, and the latency of each counts from the time when it
was due.

With a window of one event, and with --rate, a room with one participant is
measured first. "CPU-s/M each further" is then the cost of each further participant.
It does not contain the journal, because a commit costs the same for any number of
participants.

If flags have lists of values, every combination is measured.`
	cmd.Example = `  parley-bench fanout --subscribers 10,100,1000
  parley-bench fanout --rate 50000
  parley-bench fanout --transport sse --window 1,32`
	f := cmd.Flags()
	f.IntSliceVar(&subscribers, "subscribers", []int{100}, "participants in the room, the sender included")
	f.IntSliceVar(&windows, "window", []int{32, 1}, "events in flight at a time")
	f.IntSliceVar(&rates, "rate", nil, "deliveries per second, instead of --window")
	f.StringSliceVar(&transports, "transport", []string{"ws"}, "ws (WebSocket) or sse (event stream)")
	f.IntVar(&size, "size", eventSize, "bytes of an event; events of Parley have at least about 730")
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

// newRoomsCommand returns "parley-bench rooms".
func newRoomsCommand(s *settings) *cobra.Command {
	var rooms []int
	r := scenario.Rooms{Size: eventSize}
	cmd := s.command("rooms", "Measure many rooms in which participants send in turn", func() ([]scenario.Scenario, error) {
		r.Timing = s.timing()
		all := each(rooms, func(n int) scenario.Scenario { r.Rooms = n; return r.Scenario() })
		return all, checkScenario(nil, rooms, []int{r.People, int(r.Rate)})
	})
	cmd.Long = `Measure many rooms at a fixed rate. In each room one participant sends messages
and all receive them; the rooms take turns.`
	cmd.Example = `  parley-bench rooms --rooms 10,100,1000`
	f := cmd.Flags()
	f.IntSliceVar(&rooms, "rooms", []int{100}, "number of rooms")
	f.IntVar(&r.People, "people", 10, "participants in each room")
	f.Float64Var(&r.Rate, "rate", 2000, "messages per second, in all rooms together")
	addDurable(f, &r.Comparison)
	return cmd
}

// addDurable adds the flag --durable.
func addDurable(f *pflag.FlagSet, a *scenario.Comparison) {
	f.BoolVar(&a.Durable, "durable", false, "make raw commit every message to a journal before it sends it, so that the ratio does not contain that cost")
}

// newIdleCommand returns "parley-bench idle".
func newIdleCommand(s *settings) *cobra.Command {
	var transports []string
	var i scenario.Idle
	cmd := s.command("idle", "Measure the memory of connections without traffic", func() ([]scenario.Scenario, error) {
		all := each(transports, func(t string) scenario.Scenario { i.Transport = target.Transport(t); return i.Scenario() })
		return all, checkScenario(transports, []int{i.Connections, i.Rooms})
	})
	cmd.Long = `Measure the memory of connections without traffic. RSS is the resident memory of
the server after three garbage collections; heap is its live objects and stacks. A
twentieth of the connections is opened before the first reading, so that memory
that the server allocates once is not counted. RSS includes a few MB of free memory
that the server keeps, which matter less with more connections. Neither figure
includes the socket buffers of the system.`
	cmd.Example = `  parley-bench idle --connections 8000 --transport ws`
	f := cmd.Flags()
	f.IntVar(&i.Connections, "connections", 8000, "number of connections")
	f.IntVar(&i.Rooms, "rooms", 20, "rooms that the connections are spread over")
	f.StringSliceVar(&transports, "transport", []string{"ws", "sse"}, "ws (WebSocket) or sse (event stream)")
	return cmd
}

// newChurnCommand returns "parley-bench churn".
func newChurnCommand(s *settings) *cobra.Command {
	var c scenario.Churn
	cmd := s.command("churn", "Measure participants that join, receive a first event and disconnect", func() ([]scenario.Scenario, error) {
		c.Timing = s.timing()
		return []scenario.Scenario{c.Scenario()}, checkScenario(nil, []int{c.AtOnce, c.Rooms})
	})
	cmd.Long = `Measure participants that join, receive a first event and disconnect. The latency
is the time until the first event.`
	cmd.Example = `  parley-bench churn --at-once 8 --rooms 8 --durable`
	f := cmd.Flags()
	f.IntVar(&c.AtOnce, "at-once", 256, "joins at the same time")
	f.IntVar(&c.Rooms, "rooms", 1000, "rooms that the joins are spread over; a welcome lists all participants of a room")
	addDurable(f, &c.Comparison)
	return cmd
}
