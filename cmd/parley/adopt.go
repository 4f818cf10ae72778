package main

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// newAdoptCommand returns "parley adopt".
func newAdoptCommand() *cobra.Command {
	a := adoption{}
	cmd := &cobra.Command{
		Use:   "adopt AGENT [SESSION]",
		Short: "Share a session that an agent has already",
		Long: `Share what you were just doing with an agent, in its own terminal or in an editor.
Without SESSION, list the sessions that the agent has, with their ids. With one,
continue that session on the server, share it, and print the links: the first is
your own, with which you host the session, and the second is the invite for
others. They see the history of the session, and everyone goes on in it.

End the agent elsewhere first, so that two processes do not work in one session.`,
		Example: `  parley adopt claude
  parley adopt claude 5f0e9a6e-2f0b-4a33-9a3e-0d8b6e7c2a11`,
		Args: cli.Args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.agent = args[0]
			if len(args) == 1 {
				return a.list(cmd.Context(), cmd.OutOrStdout())
			}
			return a.share(cmd.Context(), cmd.OutOrStdout(), args[1])
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.server, "server", "http://"+defaultListen, "address of the server")
	f.StringVar(&a.cwd, "dir", "", "only sessions in this working directory")
	f.StringVar(&a.name, "name", "", "your name in the session (default: the name of your account)")
	return cmd
}

// adoption is what "parley adopt" was asked for.
type adoption struct{ server, agent, cwd, name string }

// list prints the sessions that the agent has.
func (a adoption) list(ctx context.Context, out io.Writer) error {
	_, found, err := a.sessions(ctx)
	if err != nil {
		return err
	}
	if len(found.Sessions) == 0 {
		_, err := fmt.Fprintln(out, "The agent has no session that can be shared.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, s := range found.Sessions {
		updated := ""
		if s.UpdatedAt != nil {
			updated = *s.UpdatedAt
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", display.OneLine(s.SessionID), display.OneLine(updated), display.OneLine(s.Cwd), display.Short(s.Title, 60))
	}
	if found.More {
		fmt.Fprintln(w, "The agent has more; --dir shows those in one directory.")
	}
	return w.Flush()
}

// sessions returns the server and the sessions that the agent has.
func (a adoption) sessions(ctx context.Context) (server *client.Server, found protocol.AgentSessionsAnswer, err error) {
	if server, err = serverAt(a.server, ""); err != nil {
		return nil, found, err
	}
	if found, err = server.AgentSessions(ctx, a.agent, a.cwd); err != nil {
		return nil, found, forPeople(err)
	}
	return server, found, nil
}

// share continues a session of the agent on the server, and prints the links to it.
func (a adoption) share(ctx context.Context, out io.Writer, session string) error {
	server, found, err := a.sessions(ctx)
	if err != nil {
		return err
	}
	adopted := protocol.ListedSession{SessionID: session, Cwd: a.cwd}
	for _, s := range found.Sessions {
		if s.SessionID == session {
			adopted = s
		}
	}
	name := a.name
	if u, err := user.Current(); name == "" && err == nil {
		name = u.Username
	}
	shared, err := server.Adopt(ctx, a.agent, adopted, protocol.CreateSharedSession{HostUserID: name})
	return printLinks(out, shared, err)
}
