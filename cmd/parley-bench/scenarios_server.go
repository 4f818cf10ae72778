package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/parley-bench/internal/scenario"
)

func newPostCommand(s *settings) *cobra.Command {
	var connections []int
	var size int
	cmd := s.command("post", "Connections post messages, each the next after the answer to the last", func() ([]scenario.Scenario, error) {
		return posts(s.timing(), connections, size), checkScenario(nil, connections, []int{size})
	})
	cmd.Long = `Connections post messages to one room by the REST API, each as a participant of
its own, and each sends the next as soon as the last is answered. An answer
waits for a commit, so this shows what commits do for clients that wait for
them: more connections should never get fewer messages through. It is measured
beside a raw that commits every message to a journal too.`
	f := cmd.Flags()
	f.IntSliceVar(&connections, "connections", postConnections, "number of connections")
	f.IntVar(&size, "size", postSize, "bytes of the text of a message")
	return cmd
}

func posts(t scenario.Timing, connections []int, size int) []scenario.Scenario {
	return each(connections, func(n int) scenario.Scenario {
		return scenario.Post{Timing: t, Connections: n, Size: size}.Scenario()
	})
}

func newTokensCommand(s *settings) *cobra.Command {
	var agents []int
	var k scenario.Tokens
	cmd := s.command("tokens", "Agents stream text, each to a few watchers", func() ([]scenario.Scenario, error) {
		k.Timing = s.timing()
		all := each(agents, func(n int) scenario.Scenario { k.Agents = n; return k.Scenario() })
		return all, checkScenario(nil, agents, []int{k.Watchers, int(k.Rate)})
	})
	cmd.Long = `Agents stream text at an even pace, each to a few watchers. They are processes
that the server starts, with their pipes. The agents pass these to the bench,
which streams for all of them, since hundreds of processes with a timer each
would cost more than the server. The latency of a chunk counts from the time
when it was due. "kept up" is the share of the chunks that arrived of those that
agents should stream in that time; "load core" tells whether the load was the
limit.`
	f := cmd.Flags()
	f.IntSliceVar(&agents, "agents", []int{500}, "number of agents")
	f.Float64Var(&k.Rate, "rate", 50, "chunks a second of each")
	f.IntVar(&k.Watchers, "watchers", 3, "watchers of each")
	return cmd
}

func newStalledCommand(s *settings) *cobra.Command {
	d := scenario.Stalled{Size: eventSize}
	cmd := s.command("stalled", "What a client that never reads costs the others", func() ([]scenario.Scenario, error) {
		d.Timing = s.timing()
		return []scenario.Scenario{d.Scenario()}, checkScenario(nil, []int{d.Readers, d.Stalled, d.Rate})
	})
	cmd.Long = `One participant talks in a room and all receive it, once with clients in the room
that never read, and once without them.`
	f := cmd.Flags()
	f.IntVar(&d.Readers, "readers", 99, "clients that read")
	f.IntVar(&d.Stalled, "stalled", 1, "clients that do not")
	f.IntVar(&d.Rate, "rate", stalledRate, "deliveries a second")
	return cmd
}

func newResumeCommand(s *settings) *cobra.Command {
	var events []int
	cmd := s.command("resume", "Wake a long session after a restart, and join it", func() ([]scenario.Scenario, error) {
		all := each(events, func(n int) scenario.Scenario { return scenario.Resume{Events: n}.Scenario() })
		return all, checkScenario(nil, events)
	})
	cmd.Flags().IntSliceVar(&events, "events", []int{100_000}, "events in the session")
	return cmd
}

func newAsleepCommand(s *settings) *cobra.Command {
	var sessions []int
	cmd := s.command("asleep", "What unused sessions cost", func() ([]scenario.Scenario, error) {
		all := each(sessions, func(n int) scenario.Scenario { return scenario.Asleep{Timing: s.timing(), Sessions: n}.Scenario() })
		return all, checkScenario(nil, sessions)
	})
	cmd.Flags().IntSliceVar(&sessions, "sessions", []int{100_000}, "sessions in the data directory")
	return cmd
}
