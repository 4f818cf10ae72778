package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/protocol"
	"parley/protocol/client"
	"parley/web"
)

func newDemoCommand() *cobra.Command {
	var s serveSettings
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try Parley: a server, a demo agent and a shared session, with links to join",
		Long: `Start a server with a demo agent that needs no model and no network, share a
session on it, and print the links: your own as the host, and the invite for
others. Everything is kept in a temporary directory, which is removed when the
demo ends, unless --data names a directory.`,
		Example: `  parley demo
  parley demo --data ~/parley-demo`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.complete(cmd); err != nil {
				return err
			}
			s.listen = freeIfTaken(cmd, s.listen)
			return runDemo(cmd.Context(), s, cmd.OutOrStdout())
		},
	}
	s.addFlags(cmd)
	cmd.Flags().StringVar(&s.data, "data", "", "directory for the journal and the key (default: a temporary one, removed at the end)")
	cmd.Flags().Lookup("log-level").DefValue = "warn"
	s.logLevel = "warn"
	return cmd
}

// freeIfTaken lets the demo start beside another server: unless an address was
// asked for, any port will do.
func freeIfTaken(cmd *cobra.Command, address string) string {
	if cmd.Flags().Changed("listen") {
		return address
	}
	l, err := listen(address, "--listen")
	if err == nil {
		_ = l.Close()
		return address
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return address
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is taken; the demo uses another port.\n", address)
	return "127.0.0.1:0"
}

// runDemo runs a server with one shared session until ctx ends.
func runDemo(ctx context.Context, s serveSettings, out io.Writer) (err error) {
	if s.data == "" {
		dir, err := os.MkdirTemp("", "parley-demo-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		s.data = dir
	}
	srv, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	created, err := srv.shareDemo(ctx)
	if err != nil {
		return err
	}
	showDemo(out, srv.url, created)
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "\nStopping; goodbye.")
		return nil
	case err = <-srv.failed:
		return err
	}
}

// shareDemo starts the demo agent and shares it for a day.
func (srv *server) shareDemo(ctx context.Context) (*protocol.CreateAnswer, error) {
	host := &protocol.CreateHostSession{Agent: "demo", Title: "Demo"}
	if err := host.Normalize(); err != nil {
		return nil, err
	}
	session, err := srv.hub.CreateHost(ctx, host, "")
	if err != nil {
		return nil, err
	}
	name, minutes := "Host", int64((24 * time.Hour).Minutes())
	shared := &protocol.CreateSharedSession{
		HostSessionID: session.ID, HostUserID: "host", HostDisplayName: &name, ExpiresInMinutes: &minutes,
	}
	if err := shared.Normalize(); err != nil {
		return nil, err
	}
	return srv.hub.CreateShared(ctx, shared, "")
}

func showDemo(out io.Writer, url string, c *protocol.CreateAnswer) {
	mine := client.Link{Server: url, Session: c.Session.ID, ParticipantID: c.HostParticipant.ID, Token: *c.HostParticipant.AccessToken}
	invite := client.Link{Server: url, Session: c.Session.ID, Invite: c.InviteToken}
	self := "go run ./cmd/parley"
	if exe, err := os.Executable(); err == nil && !builtByGoRun(exe) {
		self = "parley"
	}
	fmt.Fprintf(out, `Parley is running, with a demo agent to share. Open these in a browser:

  You, the host:  %s
  Invite others:  %s
%s
Or join from other terminals, as a guest and as the host:

  %s join '%s' --name Ben
  %s join '%s'
`, mine, invite, onlyHere(url), self, invite, self, mine)
	if f, ok := out.(*os.File); ok && cli.IsTerminal(f) {
		fmt.Fprint(out, guide)
	}
	fmt.Fprintln(out, "\nCtrl-C stops the demo.")
}

// onlyHere says it where links work on this machine only.
func onlyHere(url string) string {
	if _, address, _ := strings.Cut(url, "://"); !web.IsLoopback(address) {
		return ""
	}
	return "\nThese links work on this machine only.\n"
}

// builtByGoRun reports whether the program is one that go run made and will
// remove again.
func builtByGoRun(exe string) bool { return strings.Contains(exe, "go-build") }

const guide = `
What to try, in the browser or with these commands in a terminal:

  As Ben      type a line to talk
              /prompt fix the failing test     proposes a prompt
  As the host /approve                         lets it reach the agent
              /allow                           answers the agent's question
              /prompt help                     shows what the demo agent can do
              /mode prompt_direct              lets Ben prompt without you
  Both        /who   /cancel   /help   /leave
`
