package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
)

func main() { cli.Main(newRootCommand()) }

// newRootCommand returns "parley-bench".
func newRootCommand() *cobra.Command {
	s := new(settings)
	root := &cobra.Command{
		Use:   "parley-bench",
		Short: "Measure the throughput, latency and cost of a Parley server",
		Long: `Put load on a Parley server and measure its throughput, its latency and its cost.

Each scenario starts a server with production settings and its data in a
temporary directory on disk. Most scenarios compare it with "raw", a server that
only writes every event to every connection. Runs of the two servers alternate, and
the goals apply to the ratio of their medians, which depends less on the machine
than the figures themselves. On Linux the server has one core to itself and the load
another.

The server is the parley that --parley names, or the one in the directory of this
program. Without either, this program builds it if it runs in a clone of Parley.

CPU-s/M is the processor time of the server, user and system, for a million
deliveries; a delivery is one event that has reached one participant. Columns show
medians over --runs runs; ± is half the distance between the lowest and the highest
run, as a share of the median.

With --url, parley-bench measures a running server, without raw and without the
processor time of the server. The limits of that server apply: see parley serve
--help for --command-rate, --join-rate, --max-participants and --max-connections.

TMPDIR sets the location of the temporary directories. It must not be a file system
in memory, which has no durability to measure.

With --durable, which fanout, rooms and churn have, raw commits every message to
a journal like Parley's before it sends it, so that the ratio does not contain the
cost of durability. post and load always use such a raw.`,
		Example: `  parley-bench all --json before.json
  parley-bench all --compare before.json
  parley-bench load --parley ./bin/parley --json before.json
  parley-bench fanout --subscribers 10,100,1000 --window 1,32
  parley-bench fanout --url https://parley.example --agent demo --rate 1000
  parley-bench curves --json curves.json && parley-bench plot curves.json -o plots`,
		Args: cli.NoCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	s.addFlags(root)
	root.AddCommand(
		newFanoutCommand(s), newRoomsCommand(s), newIdleCommand(s), newChurnCommand(s), newPostCommand(s),
		newTokensCommand(s), newStalledCommand(s), newFloodCommand(s), newResumeCommand(s), newAsleepCommand(s),
		newAllCommand(s), newLoadCommand(s), newCurvesCommand(s), newPlotCommand(),
		newRawCommand(), newStreamerCommand(),
	)
	return root
}
