package main

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/scenario"
	"parley/cmd/parley-bench/internal/target"
	"parley/protocol/client"
)

// settings are the values of the flags that all scenarios share.
type settings struct {
	runs     int
	duration time.Duration
	json     string
	compare  string
	parley   string
	url      string
	agent    string
}

func (s *settings) addFlags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.IntVar(&s.runs, "runs", 3, "number of runs on each server")
	f.DurationVar(&s.duration, "duration", 3*time.Second, "measured time of a run")
	f.StringVar(&s.json, "json", "", "file to save all figures to")
	f.StringVar(&s.compare, "compare", "", "file of an earlier --json, to show what has changed")
	f.StringVar(&s.parley, "parley", "", "program to start as the server (default: the parley in the directory of this program, or one built from the clone)")
	f.StringVar(&s.url, "url", "", "URL of a running server to measure, or an invite link to a session on it, instead of starting a server")
	f.StringVar(&s.agent, "agent", "demo", "with --url, name of the agent to create sessions with")
}

func (s *settings) timing() scenario.Timing { return scenario.Timing{Duration: s.duration} }

// check checks the flags that all scenarios share.
func (s *settings) check() error {
	switch {
	case s.runs <= 0:
		return cli.Usagef("--runs: %d measures nothing", s.runs)
	case s.duration < 10*time.Millisecond:
		return cli.Usagef("--duration: %s is too short to measure anything", s.duration)
	case s.url != "" && s.parley != "":
		return cli.Usagef("--parley starts a server and --url measures a running one: give one of them")
	}
	return nil
}

// checkScenario checks flags of a scenario: transports and numbers.
func checkScenario(transports []string, numbers ...[]int) error {
	for _, t := range transports {
		if t != string(target.WebSocket) && t != string(target.SSE) {
			return cli.Usagef("--transport: %q is not ws or sse", t)
		}
	}
	for _, n := range slices.Concat(numbers...) {
		if n <= 0 {
			return cli.Usagef("there is nothing to measure with %d; numbers must be 1 or more", n)
		}
	}
	return nil
}

// lab prepares this process: it raises the limit of open files and, unless the server is
// already running, finds the program of the server and pins this process to one core. It
// calls progress before slow steps. The caller must call close after all runs.
func (s *settings) lab(ctx context.Context, progress func(string)) (l target.Lab, close func(), err error) {
	l.Files = machine.RaiseFiles()
	if s.url != "" {
		err = s.remote(&l)
		return l, func() {}, err
	}
	if l.Self, err = os.Executable(); err != nil {
		return l, nil, err
	}
	l.Parley, close, err = findParley(ctx, l.Self, s.parley, progress)
	if err != nil {
		return l, nil, err
	}
	if l.Pins, err = machine.Pin(); err != nil {
		close()
		return l, nil, err
	}
	return l, close, nil
}

// remote sets the fields of l from --url.
func (s *settings) remote(l *target.Lab) (err error) {
	l.Agent = s.agent
	server := strings.TrimSuffix(s.url, "/")
	if strings.Contains(s.url, "/s/") {
		if l.Link, err = client.ParseLink(s.url); err != nil {
			return cli.Usagef("--url: %w", err)
		}
		if l.Link.Invite == "" {
			return cli.Usagef("--url: this link belongs to one participant; give an invite link")
		}
		server = l.Link.Server
	}
	l.URL, err = url.Parse(server)
	if err != nil || l.URL.Host == "" || l.URL.Scheme != "http" && l.URL.Scheme != "https" {
		return cli.Usagef("--url: want https://HOST or an invite link")
	}
	return nil
}
