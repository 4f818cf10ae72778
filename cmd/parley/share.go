package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/join"
	"parley/cmd/parley/internal/logins"
	"parley/cmd/parley/internal/redaction"
	"parley/cmd/parley/internal/server"
	"parley/cmd/parley/internal/share"
	"parley/cmd/parley/internal/tunnel"
	"parley/hub/agent/profile"
	"parley/protocol"
)

const shareLong = `Start an agent on this machine, in this directory, and share it. Others join with
the invite link that is printed; you are the host, in this terminal or with your own
link in a browser.

The agent runs here: its files and its credentials stay on this machine. With
--server it is shared through a Parley server that the others can reach. Without it,
the command starts a server of its own, which only this machine can reach.

AGENT is a common agent that is installed (parley agents lists them), one of the
settings file, or demo. A command that speaks the Agent Client Protocol can be given
instead, after --.

The agent works on while the connection to the server is broken, and what it has
written arrives later. It ends with this command. --resume then continues the same
session: the invite and the history stay, and the agent is started again.`

// sharing is what "parley share" was asked for.
type sharing struct {
	server      string
	agent       string
	name        string
	title       string
	permissions string
	lan         bool
	tunnel      string
	program     *tunnel.Spec // that --tunnel names; set by checkReach, nil for none
	resume      bool
	headless    bool
	redact      redaction.Flags
}

// newShareCommand returns "parley share".
func newShareCommand() *cobra.Command {
	var s sharing
	cmd := &cobra.Command{
		Use:   "share [--agent AGENT | -- COMMAND...]",
		Short: "Share an agent that runs on this machine",
		Long:  shareLong,
		Example: `  parley share --agent demo
  parley share --server https://parley.example.com -- opencode acp
  parley share --resume`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.ArgsLenAtDash() != 0 && len(args) > 0 {
				return cli.Usagef("write -- before the command of the agent: parley share -- %s", strings.Join(args, " "))
			}
			return s.run(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.agent, "agent", "", "the agent to start")
	f.StringVar(&s.server, "server", "", "URL of the server to share through (default: one that this command starts)")
	f.BoolVar(&s.lan, "lan", false, "let people on this network join: the server that this command starts listens for them, with a self-signed certificate whose fingerprint the links contain")
	f.StringVar(&s.tunnel, "tunnel", "", `let people anywhere join, by a tunnel program that is installed: cloudflared, tailscale, ngrok, "ssh HOST", or auto for the first of the first three`)
	f.BoolVar(&s.resume, "resume", false, "continue the session that was shared last from this directory")
	f.StringVar(&s.name, "name", "", "your name in the session (default $USER)")
	f.StringVar(&s.title, "title", "", "the title of the agent's session")
	f.StringVar(&s.permissions, "permissions", "", "who answers the agent's permission requests: ask (people, the default), allow or reject")
	s.redact.Add(cmd)
	f.BoolVar(&s.headless, "no-terminal", false, "do not show the session in this terminal; share until a signal ends the command")
	return cmd
}

// run shares the agent.
func (s *sharing) run(ctx context.Context, command []string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	if err := s.checkReach(); err != nil {
		return err
	}
	var login logins.Login
	if s.server != "" {
		if _, err := serverAt(s.server, ""); err != nil {
			return err
		}
		if login, _, err = logins.Find(strings.TrimSuffix(s.server, "/")); err != nil {
			return err
		}
	}
	if s.server != "" && s.redact.Given() {
		return cli.Usagef("--redact: %s masks by its own flags; leave out --server to mask by those of this command", s.server)
	}
	settings, err := s.ownServer()
	if err != nil {
		return err
	}
	agent, err := s.choose(settings, command)
	if err != nil {
		return err
	}
	person := "" // whom the server knows
	if strings.HasPrefix(login.Key, protocol.IdentityPrefix) {
		person = login.Name
	}
	name := cmp.Or(s.name, person, os.Getenv("USER"))
	if name == "" {
		return cli.Usagef("give your name with --name")
	}
	policy := protocol.PermissionPolicy(s.permissions)
	if s.permissions != "" && !policy.Valid() {
		return cli.Usagef("--permissions: %q is not ask, allow or reject", s.permissions)
	}
	isolation, err := server.Isolated(defaultDataDir())
	if err != nil {
		fmt.Fprintf(os.Stderr, "Note: %v\n", err)
	}
	return share.Run(ctx, share.Options{
		Isolation: isolation, Token: login.Key, Pin: login.Certificate,
		Store: filepath.Join(defaultDataDir(), "share"), Dir: dir, Server: s.server, Resume: s.resume,
		Agent: agent, Name: name, Title: s.title, Permissions: s.permissions,
		StartServer: func(ctx context.Context, data, listen string, fail func(error)) (share.Server, error) {
			c := settings.config
			c.Data = data
			return s.startOwn(ctx, c, listen, fail)
		},
		Show: s.show, Out: os.Stdout, QR: cli.IsTerminal(os.Stdout), Log: zap.NewNop(),
	})
}

// checkReach checks that the flags name one way at most in which others reach the session.
func (s *sharing) checkReach() error {
	ways := 0
	for _, given := range []bool{s.server != "", s.lan, s.tunnel != ""} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		return cli.Usagef("give one of --server, --lan and --tunnel: they are different ways for others to reach the session")
	}
	if s.tunnel == "" {
		return nil
	}
	program, err := tunnel.Parse(s.tunnel)
	if err != nil {
		return cli.Usagef("--tunnel: %w", err)
	}
	s.program = &program
	return nil
}

// ownServer returns the settings of a server that the command starts.
func (from *sharing) ownServer() (*settings, error) {
	var s settings
	flags := new(cobra.Command)
	s.addServeFlags(flags)
	if err := s.completeAgents(flags); err != nil {
		return nil, err
	}
	if from.redact.Given() {
		s.redact = from.redact
	}
	if err := s.checkRedact(); err != nil {
		return nil, cli.Usagef("%w", err)
	}
	s.config.Version = version()
	s.config.LogLevel = "error"
	s.config.Web.AllowHosts, s.config.Web.AllowOrigins = nil, nil
	s.replaceZeros()
	return &s, nil
}

// listenNear listens on an address, or on any port of its host if it is in use.
func listenNear(address string) (net.Listener, error) {
	if l, err := server.Listen(address, "--listen"); err == nil {
		return l, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return server.Listen(net.JoinHostPort(host, "0"), "--listen")
}

// choose returns the agent to start. It has no command if the one of an earlier share is to
// be started again.
func (s *sharing) choose(from *settings, command []string) (profile.Profile, error) {
	switch {
	case len(command) > 0 && s.agent != "":
		return profile.Profile{}, cli.Usagef("give either --agent or a command")
	case len(command) > 0:
		return profile.Profile{Name: filepath.Base(command[0]), Command: command}, nil
	case s.agent == "" && s.resume:
		return profile.Profile{}, nil
	case s.agent == profile.Demo:
		self, err := os.Executable()
		return profile.Profile{Name: profile.Demo, Command: []string{self, "demo-agent"}}, err
	}
	offer := profile.Offer(from.config.Agents, from.config.KnownAgents).Agents
	offer = slices.DeleteFunc(offer, func(p protocol.AgentProfile) bool { return p.Source == protocol.SourceBuiltIn })
	if s.agent == "" && len(offer) == 1 {
		s.agent = offer[0].Name
	}
	if s.agent == "" {
		return profile.Profile{}, cli.Usagef("say which agent to share: parley share --agent NAME, or parley share -- COMMAND; parley agents lists the agents")
	}
	chosen, ok := profile.Find(from.config.Agents, from.config.KnownAgents, s.agent)
	if !ok {
		return profile.Profile{}, cli.Usagef("no agent is called %q; parley agents lists the agents, and how to install others", s.agent)
	}
	return chosen, nil
}

// show shows the room in the terminal.
func (s *sharing) show(ctx context.Context, link string) error {
	if s.headless {
		fmt.Println("The agent is shared. Ctrl-C ends that.")
		<-ctx.Done()
		return nil
	}
	o, err := joinOptions(link, "", s.name)
	if err != nil {
		return err
	}
	return join.Run(ctx, o)
}
