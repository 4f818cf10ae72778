package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley-bench/internal/flood"
	"parley/cmd/parley-bench/internal/scenario"
	"parley/cmd/parley-bench/internal/target"
)

// eventSize is the size of events in bytes. It is a little more than the size of a chat
// event without its text, so that the events of both servers can have the same size.
const eventSize = 800

// stalledRate is the rate of deliveries in a room with clients that do not read. It fills
// the buffers of the system at once, but not the backlog of the server within a run of
// 3 s, so that these clients stay connected and behind all the time.
const stalledRate = 40_000

// quietP50 is how long a piece of an agent's text may take to reach the people in a quiet
// room, at the median: what a person does not notice as a wait.
const quietP50 = 5 * time.Millisecond

// postConnections are the default numbers of connections of post.
var postConnections = []int{1, 2, 4, 8, 16, 32}

// postSize is the default size in bytes of the text of a message of post.
const postSize = 100

func newAllCommand(s *settings) *cobra.Command {
	return s.command("all", "Measure every scenario with the settings that have goals", func() ([]scenario.Scenario, error) {
		return s.all(), nil
	})
}

func (s *settings) all() []scenario.Scenario {
	fanout := func(f scenario.Fanout) scenario.Scenario {
		f.Timing, f.Size = s.timing(), eventSize
		return f.Scenario()
	}
	floods := each(flood.Kinds, func(k flood.Kind) scenario.Scenario {
		return scenario.Flood{Timing: s.timing(), Kind: k, Rooms: floodRooms, Size: eventSize}.Scenario()
	})
	return slices.Concat(s.load(), floods, []scenario.Scenario{
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
		scenario.Tokens{Timing: s.timing(), Agents: 1, Rate: 500, Watchers: 20, MostP50: quietP50}.Scenario(),
		scenario.Stalled{Timing: s.timing(), Readers: 99, Stalled: 1, Rate: stalledRate, Size: eventSize}.Scenario(),
		scenario.Resume{Events: 100_000}.Scenario(),
		scenario.Asleep{Timing: s.timing(), Sessions: 100_000}.Scenario(),
	})
}

func newLoadCommand(s *settings) *cobra.Command {
	cmd := s.command("load", "Measure latency and processor time under load, compared with a durable raw", func() ([]scenario.Scenario, error) {
		return s.load(), nil
	})
	cmd.Example = `  parley-bench load --json before.json`
	cmd.Long = `Measure p50, p99 and processor time under load, compared with a raw that commits
every message to a journal too, so that both pay for durability:

1 to 32 connections that post messages, one after the other
  fanout  500 messages a second in a room of 100
  rooms   20 messages a second in each of 100 rooms of 10
  churn   joins, 8 at a time

The command takes about three minutes.`
	return cmd
}

func (s *settings) load() []scenario.Scenario {
	durable := scenario.Comparison{Durable: true}
	return append(posts(s.timing(), postConnections, postSize),
		scenario.Fanout{Timing: s.timing(), Comparison: durable, Subscribers: 100, Transport: target.WebSocket, Rate: 50_000, Size: eventSize}.Scenario(),
		scenario.Rooms{Timing: s.timing(), Comparison: durable, Rooms: 100, People: 10, Rate: 2000, Size: eventSize}.Scenario(),
		scenario.Churn{Timing: s.timing(), Comparison: durable, AtOnce: 8, Rooms: 8}.Scenario(),
	)
}

func newCurvesCommand(s *settings) *cobra.Command {
	cmd := s.command("curves", "Measure how cost grows with participants, rooms, sessions and events", func() ([]scenario.Scenario, error) {
		return s.curves(), nil
	})
	cmd.Long = `Measure how cost grows: 10 to 10,000 participants in a room, 1 to 10,000 rooms,
1,000 to 1,000,000 unused sessions, and 1,000 to 1,000,000 events in one session.
The command takes about a quarter of an hour and up to 5 GB of disk space.
"parley-bench plot" draws the result.`
	cmd.Example = `  parley-bench curves --json curves.json && parley-bench plot curves.json -o plots`
	return cmd
}

func (s *settings) curves() (all []scenario.Scenario) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		all = append(all, scenario.Fanout{Timing: s.timing(), Subscribers: n, Transport: target.WebSocket, Window: 32, Size: eventSize}.Scenario())
	}
	for _, n := range []int{1, 10, 100, 1000, 10_000} { // one participant each, because two would need more connections than there are ports
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
