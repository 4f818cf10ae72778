package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
)

func main() { cli.Main(newRootCommand()) }

func newRootCommand() *cobra.Command {
	s := new(settings)
	root := &cobra.Command{
		Use:   "parley-bench",
		Short: "Measure what a Parley server can take, and what it costs",
		Long: `Put load on a Parley server and measure what it can take and what that costs.

Each scenario starts a server of its own, with the settings of production and
its data in a temporary directory on disk. Beside it, in most scenarios, runs
"raw", a server that only writes every event to every connection. Runs of the
two alternate, and what counts is the ratio of their medians: figures by
themselves say more about the machine. On Linux the server has one core to
itself and the load another.

The server is the parley that --parley names, or that lies beside this program.
Without either, this program builds it, if it runs in a clone of Parley.

CPU-s/M is the processor time of the server, user and system, for a million
deliveries; a delivery is one event that has reached one listener. The columns
are medians over --runs runs; ± is half the distance between the lowest and the
highest run, as a share of the median.

With --url, parley-bench measures a server that is already running, without raw
and without the processor time of the server. The limits of that server apply:
see parley serve --help for --command-rate, --join-rate, --max-participants and
--max-connections.

TMPDIR says where the temporary directories are. A file system in memory has no
durability to measure.

With --durable, which fanout, rooms and churn have, raw commits every message to
a journal like Parley's before it sends it, so that only what Parley does beside
that remains in the ratio. post and load always measure beside such a raw.`,
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
		newTokensCommand(s), newStalledCommand(s), newResumeCommand(s), newAsleepCommand(s),
		newAllCommand(s), newLoadCommand(s), newCurvesCommand(s), newPlotCommand(),
		newRawCommand(), newStreamerCommand(),
	)
	return root
}
