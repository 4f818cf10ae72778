package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/flood"
	"parley/cmd/parley-bench/internal/scenario"
)

// newPostCommand returns "parley-bench post".
func newPostCommand(s *settings) *cobra.Command {
	var connections []int
	var size int
	cmd := s.command("post", "Measure connections that post messages one after the other", func() ([]scenario.Scenario, error) {
		return posts(s.timing(), connections, size), checkScenario(nil, connections, []int{size})
	})
	cmd.Long = `Measure connections that post messages to one room over the REST API. Each has a
participant of its own, and sends a message as soon as the previous one is answered.
An answer waits for a commit, so the scenario shows how commits serve clients that
wait for them: with more connections the throughput should never fall. The baseline
is a raw that commits every message to a journal too.`
	cmd.Example = `  parley-bench post --connections 1,8,32`
	f := cmd.Flags()
	f.IntSliceVar(&connections, "connections", postConnections, "number of connections")
	f.IntVar(&size, "size", postSize, "bytes of the text of a message")
	return cmd
}

// posts returns a scenario for each number of connections.
func posts(t scenario.Timing, connections []int, size int) []scenario.Scenario {
	return each(connections, func(n int) scenario.Scenario {
		return scenario.Post{Timing: t, Connections: n, Size: size}.Scenario()
	})
}

// newTokensCommand returns "parley-bench tokens".
func newTokensCommand(s *settings) *cobra.Command {
	var agents []int
	var k scenario.Tokens
	cmd := s.command("tokens", "Measure agents that stream text, each to a few watchers", func() ([]scenario.Scenario, error) {
		k.Timing = s.timing()
		all := each(agents, func(n int) scenario.Scenario { k.Agents = n; return k.Scenario() })
		return all, checkScenario(nil, agents, []int{k.Watchers, int(k.Rate)})
	})
	cmd.Long = `Measure agents that stream text at an even pace, each to a few watchers. The server
starts each agent as a process. The agents pass their pipes to the bench, which
streams for all of them, because hundreds of processes with a timer each would cost
more than the server. The latency of a chunk counts from the time when it was due.
"kept up" is the share of due chunks that have arrived; "load core"
shows whether the load was the limit.`
	cmd.Example = `  parley-bench tokens --agents 100,500`
	f := cmd.Flags()
	f.IntSliceVar(&agents, "agents", []int{500}, "number of agents")
	f.Float64Var(&k.Rate, "rate", 50, "chunks per second from each agent")
	f.IntVar(&k.Watchers, "watchers", 3, "watchers of each agent")
	return cmd
}

// newStalledCommand returns "parley-bench stalled".
func newStalledCommand(s *settings) *cobra.Command {
	d := scenario.Stalled{Size: eventSize}
	cmd := s.command("stalled", "Measure the effect of clients that never read on the others", func() ([]scenario.Scenario, error) {
		d.Timing = s.timing()
		return []scenario.Scenario{d.Scenario()}, checkScenario(nil, []int{d.Readers, d.Stalled, d.Rate})
	})
	cmd.Long = `Measure a room in which one participant sends messages and all receive them, with
clients in the room that never read. The baseline is the same room without these
clients.`
	cmd.Example = `  parley-bench stalled --stalled 10`
	f := cmd.Flags()
	f.IntVar(&d.Readers, "readers", 99, "clients that read")
	f.IntVar(&d.Stalled, "stalled", 1, "clients that do not read")
	f.IntVar(&d.Rate, "rate", stalledRate, "deliveries per second")
	return cmd
}

// newFloodCommand returns "parley-bench flood".
func newFloodCommand(s *settings) *cobra.Command {
	var kinds []string
	d := scenario.Flood{Size: eventSize}
	cmd := s.command("flood", "Measure the effect of a client that floods the server on the others", func() ([]scenario.Scenario, error) {
		d.Timing = s.timing()
		all := each(kinds, func(k string) scenario.Scenario { d.Kind = flood.Kind(k); return d.Scenario() })
		return all, checkFlood(kinds, d.Rooms)
	})
	cmd.Long = `Measure rooms of ten in which one participant sends messages and all receive them,
while one client floods a room with what its limits refuse, as fast as the server
lets it: commands and posts (messages by WebSocket and REST), frames (the longest
that are allowed, without a command), joins, tokens (wrong ones) and reads (without
credentials). The baseline is the same rooms without this client. "flood/s" is what
the client was able to send.`
	cmd.Example = `  parley-bench flood --kind tokens,joins`
	f := cmd.Flags()
	f.StringSliceVar(&kinds, "kind", floodKinds(), "what the flood consists of")
	f.IntVar(&d.Rooms, "rooms", floodRooms, "rooms")
	return cmd
}

// floodRooms is the default number of rooms of flood.
const floodRooms = 10

// floodKinds returns the names of all kinds of floods.
func floodKinds() []string {
	var names []string
	for _, k := range flood.Kinds {
		names = append(names, string(k))
	}
	return names
}

// checkFlood checks the settings of flood.
func checkFlood(kinds []string, rooms int) error {
	for _, k := range kinds {
		if !slices.Contains(flood.Kinds, flood.Kind(k)) {
			return cli.Usagef("--kind: %q is none of %s", k, strings.Join(floodKinds(), ", "))
		}
	}
	return checkScenario(nil, []int{rooms})
}

// newResumeCommand returns "parley-bench resume".
func newResumeCommand(s *settings) *cobra.Command {
	var events []int
	cmd := s.command("resume", "Measure loading a long session after a restart, and joining it", func() ([]scenario.Scenario, error) {
		all := each(events, func(n int) scenario.Scenario { return scenario.Resume{Events: n}.Scenario() })
		return all, checkScenario(nil, events)
	})
	cmd.Example = `  parley-bench resume --events 1000,100000`
	cmd.Flags().IntSliceVar(&events, "events", []int{100_000}, "events in the session")
	return cmd
}

// newAsleepCommand returns "parley-bench asleep".
func newAsleepCommand(s *settings) *cobra.Command {
	var sessions []int
	cmd := s.command("asleep", "Measure the cost of unused sessions", func() ([]scenario.Scenario, error) {
		all := each(sessions, func(n int) scenario.Scenario { return scenario.Asleep{Timing: s.timing(), Sessions: n}.Scenario() })
		return all, checkScenario(nil, sessions)
	})
	cmd.Long = `Measure a server whose data directory has many unused sessions: its start, its
memory, and a room with ten participants. The baseline is a server without sessions.`
	cmd.Example = `  parley-bench asleep --sessions 100000`
	cmd.Flags().IntSliceVar(&sessions, "sessions", []int{100_000}, "sessions in the data directory")
	return cmd
}
