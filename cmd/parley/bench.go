package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/bench"
	"parley/protocol/client"
)

func newBenchCommand() *cobra.Command {
	b := new(benchRun)
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure what a server takes, and what it costs",
		Long: `Put load on a server and measure what it takes and what that costs.

Each scenario starts a server of its own, with the settings of production on a
temporary directory on disk, and beside it "raw", a server that does nothing
but write every event to every connection. The two take turns, and what counts
is the ratio of their medians: figures by themselves say more about the
machine. On Linux the server has one core to itself and the load another.

CPU-s/M is the server's processor time, user and system, for a million
deliveries; a delivery is one event that has reached one listener. The columns
are medians over --runs runs; ± is how far the runs were apart.

With --url it measures a server that runs already, without raw and without the
server's processor time. Then mind its limits: see parley serve --help for
--command-rate, --join-rate, --max-participants and --max-connections. TMPDIR
says where the temporary directories are: a file system in memory has no
durability to measure.

With --durable, which fanout, rooms and churn have, raw keeps every message in a
journal like Parley's before it passes it on. What is left is what Parley does
beside. post and load always measure beside such a raw.`,
		Example: `  parley bench all --json before.json
  parley bench all --compare before.json
  parley bench load --json before.json
  parley bench fanout --subscribers 10,100,1000 --window 1,32
  parley bench fanout --url https://parley.example --agent demo --rate 1000
  parley bench curves --json curves.json && parley bench plot curves.json -o plots`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	b.addFlags(cmd)
	cmd.AddCommand(
		newBenchFanoutCommand(b), newBenchRoomsCommand(b), newBenchIdleCommand(b), newBenchChurnCommand(b), newBenchPostCommand(b),
		newBenchTokensCommand(b), newBenchStalledCommand(b), newBenchResumeCommand(b), newBenchAsleepCommand(b),
		newBenchAllCommand(b), newBenchLoadCommand(b), newBenchCurvesCommand(b), newBenchPlotCommand(),
		newBenchRawCommand(), newBenchStreamerCommand(),
	)
	return cmd
}

// benchRun are the settings that all scenarios share.
type benchRun struct {
	runs     int
	duration time.Duration
	json     string
	compare  string
	url      string
	agent    string
}

func (b *benchRun) addFlags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.IntVar(&b.runs, "runs", 3, "how often everything is measured")
	f.DurationVar(&b.duration, "duration", 3*time.Second, "how long one run is measured")
	f.StringVar(&b.json, "json", "", "file to write all figures to")
	f.StringVar(&b.compare, "compare", "", "file of an earlier --json, to show what has changed")
	f.StringVar(&b.url, "url", "", "server to measure, or an invite link into a session of it, instead of starting one")
	f.StringVar(&b.agent, "agent", "demo", "with --url: agent to make sessions on")
}

func (b *benchRun) timing() bench.Timing { return bench.Timing{Duration: b.duration} }

func (b *benchRun) check() error {
	switch {
	case b.runs <= 0:
		return usageError{fmt.Errorf("--runs: %d measures nothing", b.runs)}
	case b.duration < 10*time.Millisecond:
		return usageError{fmt.Errorf("--duration: %s is too short to measure anything", b.duration)}
	}
	return nil
}

// checkBench checks what a scenario is told: transports, and numbers.
func checkBench(transports []string, numbers ...[]int) error {
	for _, t := range transports {
		if t != string(bench.WebSocket) && t != string(bench.SSE) {
			return usageError{fmt.Errorf("--transport: %q is not ws or sse", t)}
		}
	}
	for _, n := range slices.Concat(numbers...) {
		if n <= 0 {
			return usageError{fmt.Errorf("there is nothing to measure with %d; numbers are 1 or more", n)}
		}
	}
	return nil
}

// run measures scenarios one after the other, and shows each as soon as it is
// done. One that this machine cannot carry does not keep the others from being
// measured.
func (b *benchRun) run(cmd *cobra.Command, scenarios []bench.Scenario) error {
	if err := b.check(); err != nil {
		return err
	}
	var earlier *bench.Report
	if b.compare != "" {
		r, err := bench.Load(b.compare)
		if err != nil {
			return fmt.Errorf("--compare: %w", err)
		}
		earlier = &r
	}
	cores := runtime.NumCPU()
	lab, err := b.lab()
	if err != nil {
		return err
	}
	line := newStatusLine(cmd.ErrOrStderr())
	defer line.clear()
	suite := bench.Suite{Lab: lab, Runs: b.runs, Progress: line.show}
	report := bench.NewReport(cores, lab.Pins)
	var failed []error
	for _, s := range scenarios {
		result, err := suite.Run(cmd.Context(), s)
		line.clear()
		if err != nil && cmd.Context().Err() != nil {
			return err
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if err := bench.Table(cmd.OutOrStdout(), result, s.Goals, earlier); err != nil {
			return err
		}
		report.Results = append(report.Results, result)
		if b.json == "" {
			continue
		}
		if err := report.Save(b.json); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	return errors.Join(failed...)
}

// lab readies this process: as many files as it may open, and a core of its
// own when the server is started here.
func (b *benchRun) lab() (l bench.Lab, err error) {
	l.Files = bench.RaiseFiles()
	if l.Program, err = os.Executable(); err != nil {
		return l, err
	}
	if b.url == "" {
		l.Pins, err = bench.Pin()
		return l, err
	}
	l.Agent = b.agent
	server := strings.TrimSuffix(b.url, "/")
	if strings.Contains(b.url, "/s/") {
		if l.Link, err = client.ParseLink(b.url); err != nil {
			return l, usageError{fmt.Errorf("--url: %w", err)}
		}
		if l.Link.Invite == "" {
			return l, usageError{fmt.Errorf("--url: this link is somebody's own; give an invite")}
		}
		server = l.Link.Server
	}
	l.URL, err = url.Parse(server)
	if err != nil || l.URL.Host == "" || l.URL.Scheme != "http" && l.URL.Scheme != "https" {
		return l, usageError{fmt.Errorf("--url: want https://HOST, or an invite link")}
	}
	return l, nil
}
