package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/server"
)

// newServeCommand returns "parley serve".
func newServeCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server: the REST + SSE API, the WebSocket endpoint and the web pages. By
default it listens on loopback only. It keeps all data in the data directory.
SIGINT or SIGTERM stops it in order; a second signal ends it at once.

Clients can start the common agents that are installed on this machine, which
parley agents lists, and those that are configured.

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
      additional-directories: [/srv/lib]
      mcp-servers:
        # of type http (or sse, with "type: sse") and of type stdio
        - {name: tracker, url: "https://tracker.example.com/mcp", headers: {X-Key: abc}}
        - {name: files, command: [npx, -y, mcp-files, /srv/files], env: {DEBUG: "1"}}
      mode: ask                 # with which a session begins; prompts wait if the agent refuses it
      options: {model: large}   # likewise, by an option's id or category
      max-agents: 4             # of this agent at a time, besides --max-agents
      start-timeout: 10m        # instead of --agent-start-timeout
      idle-timeout: 30m         # without use, after which it sleeps until the next prompt
      env: {OPENCODE_LOG_LEVEL: warn}

Everything that is wrong with the file is reported at once, with its line.

Durations have a unit, such as 90s, 5m or 1h30m.`,
		Example: `  parley serve
  parley serve --agent opencode="opencode acp"
  parley serve --listen 127.0.0.1:8080 --data /var/lib/parley --log-format json`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			listener, err := server.Activated()
			if err != nil {
				return err
			}
			s.config.Listener = listener
			if err := s.complete(cmd); err != nil {
				return err
			}
			if s.config.Data == "" {
				return cli.Usagef("--data: name a directory, such as %s", defaultDataDir())
			}
			return s.tunnelled(cmd.Context(), func(ctx context.Context, c server.Config) error {
				srv, err := server.Start(ctx, c)
				if err != nil {
					return err
				}
				showSignIn(cmd.OutOrStdout(), srv.SignInLink())
				return srv.Run(ctx)
			})
		},
	}
	s.addServeFlags(cmd)
	return cmd
}

// showSignIn prints the sign-in link of a server that has no operator yet.
func showSignIn(out io.Writer, link string) {
	if link != "" {
		fmt.Fprintf(out, "Sign in within ten minutes, in a browser or with parley login, by this link, which works once:\n\n  %s\n\n", link)
	}
}

// addServeFlags adds the flags of serve.
func (s *settings) addServeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.config.Data, "data", defaultDataDir(), "directory for the journal and the key; created if it is missing")
	f.StringVar(&s.config.Salvage, "salvage", "", "start although the journal's log is damaged, and keep the part that parley verify --salvage has given this name; the name is valid for that damage only")
	s.addFlags(cmd)
}

// defaultDataDir returns the directory in which the platform keeps the data of a user's
// programs.
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
