package main

import (
	"cmp"
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
	"parley/cmd/parley/internal/server"
	"parley/hub"
	"parley/protocol"
	"parley/protocol/client"
	"parley/web"
)

// newDemoCommand returns "parley demo".
func newDemoCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try Parley with a demo agent",
		Long: `Start a server with a demo agent that needs no model and no network, share a
session on it for a day, and print two links: yours, as the host, and the invite
link for others. The data is in a temporary directory, which is removed when the
demo ends, unless --data names a directory. If port 7777 is in use and --listen is
not given, the demo chooses a free port.

The demo also takes the other flags of parley serve, which parley serve --help
describes.`,
		Example: `  parley demo
  parley demo --data ~/parley-demo`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.complete(cmd); err != nil {
				return err
			}
			s.config.Listen = freeIfInUse(cmd, s.config.Listen)
			return s.tunnelled(cmd.Context(), func(ctx context.Context, c server.Config) error {
				return runDemo(ctx, c, cmd.OutOrStdout())
			})
		},
	}
	s.addFlags(cmd)
	cmd.Flags().StringVar(&s.config.Data, "data", "", "directory for the journal and the key (default: a temporary one, which is removed at the end)")
	cmd.Flags().Lookup("log-level").DefValue = "warn"
	s.config.LogLevel = "warn"
	hideFlagsExcept(cmd, "agent", "config", "data", "listen", "log-level")
	return cmd
}

// freeIfInUse returns a loopback address with any free port if the default address is in
// use. It returns the address unchanged if --listen was given.
func freeIfInUse(cmd *cobra.Command, address string) string {
	if cmd.Flags().Changed("listen") {
		return address
	}
	l, err := server.Listen(address, "--listen")
	if err == nil {
		_ = l.Close()
		return address
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return address
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is in use; the demo listens on another port.\n", address)
	return "127.0.0.1:0"
}

// runDemo runs a server with one shared session until ctx is done.
func runDemo(ctx context.Context, c server.Config, out io.Writer) (err error) {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "parley-demo-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		c.Data = dir
	}
	srv, err := server.Start(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	created, err := shareDemo(ctx, srv.Hub())
	if err != nil {
		return err
	}
	showDemo(out, cmp.Or(created.PublicURL, srv.URL()), srv.Pin(), created)
	showSignIn(out, srv.SignInLink())
	if err := srv.Wait(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nStopping; goodbye.")
	return nil
}

// shareDemo starts the demo agent and shares it for a day.
func shareDemo(ctx context.Context, h *hub.Hub) (*protocol.CreateAnswer, error) {
	host := &protocol.CreateHostSession{Agent: "demo", Title: "Demo"}
	if err := host.Normalize(); err != nil {
		return nil, err
	}
	session, err := h.CreateHost(ctx, host, "")
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
	return h.CreateShared(ctx, shared, "")
}

// showDemo prints the links and, on a terminal, what to try.
func showDemo(out io.Writer, url, pin string, c *protocol.CreateAnswer) {
	link := client.Link{Server: url, Session: c.Session.ID, Certificate: pin}
	hostLink, invite := link, link
	hostLink.ParticipantID, hostLink.Token = c.HostParticipant.ID, *c.HostParticipant.AccessToken
	invite.Invite = c.InviteToken
	self := "go run ./cmd/parley"
	if exe, err := os.Executable(); err == nil && !builtByGoRun(exe) {
		self = "parley"
	}
	fmt.Fprintf(out, `Parley is running, with a demo agent to share. Open these in a browser:

  You, the host:  %s
  Invite others:  %s
%s%s
Or join from other terminals, as a guest and as the host:

  %s join '%s' --name Ben
  %s join '%s'
`, hostLink, invite, certificateNote(pin), loopbackNote(url), self, invite, self, hostLink)
	if f, ok := out.(*os.File); ok && cli.IsTerminal(f) {
		fmt.Fprint(out, guide)
	}
	fmt.Fprintln(out, "\nCtrl-C stops the demo.")
}

// loopbackNote returns a note that the links work on this machine only, if they do.
func loopbackNote(url string) string {
	if _, address, _ := strings.Cut(url, "://"); !web.IsLoopback(address) {
		return ""
	}
	return "\nThese links work on this machine only.\n"
}

// certificateNote returns what to compare with the warning of a browser about a
// self-signed certificate, if the server has one.
func certificateNote(pin string) string {
	if pin == "" {
		return ""
	}
	return "\nBrowsers warn about the certificate. Compare its SHA-256 fingerprint before you continue:\n\n  " +
		client.Fingerprint(pin) + "\n"
}

// builtByGoRun reports whether "go run" built the program and will remove it.
func builtByGoRun(exe string) bool { return strings.Contains(exe, "go-build") }

// guide suggests what to try.
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
