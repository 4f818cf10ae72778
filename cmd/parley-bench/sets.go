package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/parley-bench/internal/scenario"
	"parley/cmd/parley-bench/internal/target"
)

// eventSize is a little more than a chat event has beside its text, so that the
// events of both servers can have the same length.
const eventSize = 800

// stalledRate is the rate of deliveries beside clients that do not read. It fills
// the buffers of the system at once, but not the backlog of the server within a
// run of 3 s, so that these clients stay connected and behind all the time.
const stalledRate = 40_000

// postConnections and postSize are the defaults of post.
var postConnections = []int{1, 2, 4, 8, 16, 32}

const postSize = 100

func newAllCommand(s *settings) *cobra.Command {
	return s.command("all", "Every scenario, with the settings that have goals", func() ([]scenario.Scenario, error) {
		return s.all(), nil
	})
}

func (s *settings) all() []scenario.Scenario {
	fanout := func(f scenario.Fanout) scenario.Scenario {
		f.Timing, f.Size = s.timing(), eventSize
		return f.Scenario()
	}
	return append(s.load(),
		fanout(scenario.Fanout{Subscribers: 100, Transport: target.WebSocket, Window: 32}),
		fanout(scenario.Fanout{Subscribers: 100, Transport: target.WebSocket, Window: 1}),
		fanout(scenario.Fanout{Subscribers: 100, Transport: target.WebSocket, Rate: 50_000}),
		fanout(scenario.Fanout{Subscribers: 1000, Transport: target.WebSocket, Window: 32}),
		fanout(scenario.Fanout{Subscribers: 1000, Transport: target.WebSocket, Window: 1}),
		fanout(scenario.Fanout{Subscribers: 100, Transport: target.SSE, Window: 32}),
		fanout(scenario.Fanout{Subscribers: 100, Transport: target.SSE, Window: 1}),
		scenario.Rooms{Timing: s.timing(), Rooms: 100, People: 10, Rate: 2000, Size: eventSize}.Scenario(),
		scenario.Idle{Connections: 8000, Rooms: 20, Transport: target.WebSocket}.Scenario(),
		scenario.Idle{Connections: 8000, Rooms: 20, Transport: target.SSE}.Scenario(),
		scenario.Churn{Timing: s.timing(), AtOnce: 256, Rooms: 1000}.Scenario(),
		scenario.Tokens{Timing: s.timing(), Agents: 500, Rate: 50, Watchers: 3}.Scenario(),
		scenario.Stalled{Timing: s.timing(), Readers: 99, Stalled: 1, Rate: stalledRate, Size: eventSize}.Scenario(),
		scenario.Resume{Events: 100_000}.Scenario(),
		scenario.Asleep{Timing: s.timing(), Sessions: 100_000}.Scenario(),
	)
}

func newLoadCommand(s *settings) *cobra.Command {
	cmd := s.command("load", "Latency and processor time under load, beside a raw that is durable too", func() ([]scenario.Scenario, error) {
		return s.load(), nil
	})
	cmd.Long = `Measure p50, p99 and processor time under load, beside a raw that commits
every message to a journal too, so that both pay for durability:

  post    1 to 32 connections that post messages, each the next when the last
          is answered
  fanout  500 messages a second in a room of 100
  rooms   20 messages a second in each of 100 rooms of 10
  churn   joins, 8 at a time

It takes three minutes.`
	return cmd
}

func (s *settings) load() []scenario.Scenario {
	durable := scenario.Against{Durable: true}
	return append(posts(s.timing(), postConnections, postSize),
		scenario.Fanout{Timing: s.timing(), Against: durable, Subscribers: 100, Transport: target.WebSocket, Rate: 50_000, Size: eventSize}.Scenario(),
		scenario.Rooms{Timing: s.timing(), Against: durable, Rooms: 100, People: 10, Rate: 2000, Size: eventSize}.Scenario(),
		scenario.Churn{Timing: s.timing(), Against: durable, AtOnce: 8, Rooms: 8}.Scenario(),
	)
}

func newCurvesCommand(s *settings) *cobra.Command {
	cmd := s.command("curves", "How cost grows with participants, rooms, sessions and events", func() ([]scenario.Scenario, error) {
		return s.curves(), nil
	})
	cmd.Long = `Measure how cost grows: 10 to 10,000 participants in a room, 1 to 10,000 rooms,
1,000 to 1,000,000 unused sessions, and as many events in one session. It takes
a quarter of an hour and, while it runs, 5 GB of disk. "parley-bench plot" draws
the result.`
	return cmd
}

func (s *settings) curves() (all []scenario.Scenario) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		all = append(all, scenario.Fanout{Timing: s.timing(), Subscribers: n, Transport: target.WebSocket, Window: 32, Size: eventSize}.Scenario())
	}
	for _, n := range []int{1, 10, 100, 1000, 10_000} { // one participant in each: with two there would be more sockets than ports
		all = append(all, scenario.Rooms{Timing: s.timing(), Rooms: n, People: 1, Rate: 2000, Size: eventSize}.Scenario())
	}
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		all = append(all, scenario.Asleep{Timing: s.timing(), Sessions: n}.Scenario())
	}
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		all = append(all, scenario.Resume{Events: n}.Scenario())
	}
	return all
}
