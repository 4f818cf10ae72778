package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub"
	"parley/hub/agent"
	"parley/hub/journal/sqlite"
	"parley/web"
)

// serveSettings are what serve and demo run a server with.
type serveSettings struct {
	listen            string
	debugListen       string
	data              string
	agents            []string
	allowOrigins      []string
	allowHosts        []string
	insecureOpen      bool
	legacyRejoin      *bool // nil unless given
	logLevel          string
	logFormat         string
	turnTimeout       time.Duration
	permissionTimeout time.Duration
	idleAfter         time.Duration
	agentIdleAfter    time.Duration
	agentStartTimeout time.Duration
	silenceAfter      time.Duration
	maxAgents         int
	commitInterval    time.Duration
	salvage           string
	maxEvent          int
	maxParticipants   int
	maxConnections    int
	outbound          int
	maxPromptBytes    int
	commandRate       float64
	joinRate          float64
	readRate          float64
	maxUnfinished     int

	profiles []agent.Profile // of the file and of agents
}

func newServeCommand() *cobra.Command {
	var s serveSettings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server: the REST + SSE API, the WebSocket endpoint and the web pages. By
default it listens on loopback only. It keeps everything in the data directory.

Every flag can also be set by an environment variable (PARLEY_LISTEN for
--listen) or in a YAML file, --config (listen: for --listen). A flag takes
precedence over the environment, and the environment over the file. Only the file
can describe agents in detail:

  agents:
    - name: opencode
      description: opencode in the shop's checkout
      command: [opencode, acp]
      dir: /srv/shop
      dirs: [/srv]              # where clients may choose another directory; default: inside dir
      start-timeout: 10m        # instead of --agent-start-timeout
      env: {OPENCODE_LOG_LEVEL: warn}`,
		Example: `  parley serve
  parley serve --agent opencode="opencode acp"
  parley serve --listen 127.0.0.1:8080 --data /var/lib/parley --log-format json`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.complete(cmd); err != nil {
				return err
			}
			if s.data == "" {
				return cli.Usagef("--data: name a directory, such as %s", defaultDataDir())
			}
			return serve(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.data, "data", defaultDataDir(), "directory for the journal and the key; created if it is missing")
	f.StringVar(&s.salvage, "salvage", "", "start although the journal's log is damaged, and keep what parley verify --salvage lists under this name; the name is valid for that damage only")
	s.addFlags(cmd)
	return cmd
}

// addFlags adds the flags that serve and demo share.
func (s *serveSettings) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("config", "", "YAML file with settings (default: parley/parley.yaml in the user's configuration directory, if it exists)")
	f.StringVar(&s.listen, "listen", "127.0.0.1:7777", "address to listen on; port 0 chooses a free port")
	f.StringArrayVar(&s.agents, "agent", nil, `agent that people can start, as NAME="COMMAND ARGS"; may be repeated`)
	f.StringArrayVar(&s.allowOrigins, "allow-origin", nil, "origin whose web pages may call the API, such as https://chat.example.com; may be repeated")
	f.StringArrayVar(&s.allowHosts, "allow-host", nil, "name that requests may have in their Host header, in addition to loopback names and the listen address; may be repeated")
	f.BoolVar(&s.insecureOpen, "insecure-open", false, "allow listening on other addresses than loopback, where everyone who can reach the port can start agents")
	f.Bool("legacy-rejoin", true, "when a client joins over REST under the user id of a guest who joined over REST, answer with that guest's token, as old clients expect; by default only on loopback without --allow-host and --allow-origin, and only for requests that no proxy has forwarded")
	f.DurationVar(&s.turnTimeout, "turn-timeout", 0, "cancel a turn of the agent after this time; 0 for never")
	f.DurationVar(&s.permissionTimeout, "permission-timeout", 30*time.Minute, "reject a permission request that nobody answers after this time")
	f.DurationVar(&s.idleAfter, "idle-after", 5*time.Minute, "remove a session from memory after it has not been used for this time")
	f.DurationVar(&s.agentStartTimeout, "agent-start-timeout", 3*time.Minute, "give up starting an agent that is not ready for a prompt after this time; the first start of an npx agent includes its download")
	f.DurationVar(&s.silenceAfter, "silence-after", 2*time.Minute, "tell the participants when an agent has been silent in a turn for this time; 0 for never")
	f.DurationVar(&s.agentIdleAfter, "agent-idle-after", 10*time.Minute, "end an agent that no open shared session has used for this time; it is started again when needed; 0 for never (default: twice --idle-after if only that is given)")
	f.IntVar(&s.maxAgents, "max-agents", 32, "maximum number of agents that run at the same time")
	f.DurationVar(&s.commitInterval, "commit-interval", sqlite.DefaultCommitInterval, "maximum time that a commit waits under load for more events to share it; the actual time depends on the cost of commits and on the senders; 0 for none")
	f.IntVar(&s.maxEvent, "max-event-bytes", 4<<20, "longest notification of an agent that is forwarded in full")
	f.IntVar(&s.maxParticipants, "max-participants", 1000, "maximum number of participants in a session at the same time")
	f.IntVar(&s.maxConnections, "max-connections", 2000, "maximum number of connections to a session")
	f.IntVar(&s.outbound, "max-outbound-bytes", 0, "memory for everything that waits for slow clients; beyond it the slowest are disconnected, and reconnect. 0 for a quarter of the memory limit (GOMEMLIMIT or the system's), or 256 MiB without one")
	f.IntVar(&s.maxPromptBytes, "max-prompt-bytes", 64<<20, "memory for the prompts that wait for hosts or agents, in all sessions together, the last quarter for those of up to 4 KiB; beyond it a session that has none accepts one of these")
	f.Float64Var(&s.commandRate, "command-rate", 20, "commands per second from one connection or, over plain HTTP, from one participant; 0 for no limit")
	f.Float64Var(&s.joinRate, "join-rate", 10, "joins per second, and wrong credentials per second, from one address other than this machine's; 0 for no limit")
	f.Float64Var(&s.readRate, "read-rate", 50, "reads per second without credentials from one address other than this machine's; 0 for no limit")
	f.IntVar(&s.maxUnfinished, "max-unfinished", 1000, "maximum number of connections whose clients have not finished a request, or have opened a socket and not joined; beyond it the oldest, of the address that has the most, are closed")
	f.StringVar(&s.debugListen, "debug-listen", "", "loopback address for Go's profiles, under /debug/pprof/; none if empty")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&s.logFormat, "log-format", "console", "console or json")
}

// complete fills the settings in from the environment and the file, and checks
// them.
func (s *serveSettings) complete(cmd *cobra.Command) error {
	profiles, err := settle(cmd)
	if err != nil {
		return err
	}
	for _, short := range s.agents {
		p, err := agent.ParseProfile(short)
		if err != nil {
			return cli.Usagef("--agent: %w", err)
		}
		profiles = append(profiles, p)
	}
	s.profiles = profiles
	if !cmd.Flags().Changed("agent-idle-after") {
		s.agentIdleAfter = 2 * s.idleAfter
	}
	if f := cmd.Flags(); f.Changed("legacy-rejoin") {
		given, err := f.GetBool("legacy-rejoin")
		if err != nil {
			return cli.Usagef("%w", err)
		}
		s.legacyRejoin = &given
	}
	for _, check := range []func() error{s.checkLimits, s.checkOrigins, s.checkHosts} {
		if err := check(); err != nil {
			return cli.Usagef("%w", err)
		}
	}
	return s.checkListen()
}

// checkOrigins finds what no browser sends as Origin, and so would let nobody
// in: a name alone, an address with a path, a star.
func (s *serveSettings) checkOrigins() error {
	for _, origin := range s.allowOrigins {
		u, err := url.Parse(strings.TrimSuffix(origin, "/"))
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != u.String() {
			return fmt.Errorf("--allow-origin: %q is no origin, such as https://chat.example.com", origin)
		}
	}
	return nil
}

// checkHosts finds what no request has as Host: an address with a scheme, a
// star.
func (s *serveSettings) checkHosts() error {
	for _, host := range s.allowHosts {
		if host == "" || strings.ContainsAny(host, "/* ") {
			return fmt.Errorf("--allow-host: %q is no name of a host, such as chat.example.com", host)
		}
	}
	return nil
}

func (s *serveSettings) checkLimits() error {
	switch {
	case s.turnTimeout < 0:
		return fmt.Errorf("--turn-timeout: %s is negative; 0 is for never", s.turnTimeout)
	case s.permissionTimeout <= 0:
		return fmt.Errorf("--permission-timeout: %s is not a time to wait, such as 30m", s.permissionTimeout)
	case s.idleAfter <= 0:
		return fmt.Errorf("--idle-after: %s is not a time to wait, such as 5m", s.idleAfter)
	case s.agentStartTimeout <= 0:
		return fmt.Errorf("--agent-start-timeout: %s is not a time to wait, such as 3m", s.agentStartTimeout)
	case s.silenceAfter < 0:
		return fmt.Errorf("--silence-after: %s is negative; 0 is for never", s.silenceAfter)
	case s.agentIdleAfter < 0:
		return fmt.Errorf("--agent-idle-after: %s is negative; 0 is for never", s.agentIdleAfter)
	case s.maxAgents <= 0:
		return fmt.Errorf("--max-agents: %d lets no agent run", s.maxAgents)
	case s.commitInterval < 0 || s.commitInterval > time.Second:
		return fmt.Errorf("--commit-interval: %s is not between 0 and 1s", s.commitInterval)
	case s.maxEvent <= 0:
		return fmt.Errorf("--max-event-bytes: %d is not a number of bytes", s.maxEvent)
	case s.maxParticipants <= 0:
		return fmt.Errorf("--max-participants: %d lets nobody in", s.maxParticipants)
	case s.maxConnections <= 0:
		return fmt.Errorf("--max-connections: %d lets nobody in", s.maxConnections)
	case s.outbound < 0:
		return fmt.Errorf("--max-outbound-bytes: %d is negative; 0 is for a quarter of the memory limit", s.outbound)
	case s.maxPromptBytes <= 0:
		return fmt.Errorf("--max-prompt-bytes: %d is not a number of bytes", s.maxPromptBytes)
	case s.commandRate < 0:
		return fmt.Errorf("--command-rate: %g is negative; 0 is for no limit", s.commandRate)
	case s.readRate < 0:
		return fmt.Errorf("--read-rate: %g is negative; 0 is for no limit", s.readRate)
	case s.maxUnfinished <= 0:
		return fmt.Errorf("--max-unfinished: %d lets nobody in", s.maxUnfinished)
	case s.joinRate < 0:
		return fmt.Errorf("--join-rate: %g is negative; 0 is for no limit", s.joinRate)
	}
	return nil
}

// checkListen lets a server leave loopback only when that is asked for.
func (s *serveSettings) checkListen() error {
	if _, _, err := net.SplitHostPort(s.listen); err != nil {
		return cli.Usagef("--listen: %q is not HOST:PORT, such as 127.0.0.1:7777", s.listen)
	}
	if web.IsLoopback(s.listen) {
		return nil
	}
	if !s.insecureOpen {
		return cli.Usagef("refusing to listen on %s: whoever reaches it could start agents on this machine; listen on 127.0.0.1, or say --insecure-open if the network is trusted", s.listen)
	}
	return nil
}

func (s *serveSettings) hubOptions() hub.Options {
	return hub.Options{
		TurnTimeout:       s.turnTimeout,
		PermissionTimeout: s.permissionTimeout,
		IdleAfter:         s.idleAfter,
		SilenceAfter:      orNever(s.silenceAfter),
		AgentIdleAfter:    orNever(s.agentIdleAfter),
		MaxAgents:         s.maxAgents,
		MaxEvent:          s.maxEvent,
		MaxParticipants:   s.maxParticipants,
		MaxConnections:    s.maxConnections,
		MaxPromptBytes:    s.maxPromptBytes,
		MaxBacklogs:       outboundBytes(s.outbound),
	}
}

// orNever is a time as package hub has it, where zero means its default.
func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// webRate is a rate as package web has it, where zero means its default.
func webRate(rate float64) float64 {
	if rate == 0 {
		return -1
	}
	return rate
}

// defaultDataDir is where the platform keeps a user's data.
func defaultDataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "parley")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "parley-data"
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "parley")
	}
	return filepath.Join(home, ".local", "share", "parley")
}

// serve runs a server until ctx ends, then stops it in order.
func serve(ctx context.Context, s serveSettings) error {
	srv, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	srv.log.Info("parley is ready: " + srv.url)
	select {
	case <-ctx.Done():
	case err = <-srv.failed:
	}
	return errors.Join(err, srv.stop())
}
