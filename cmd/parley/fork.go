package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/protocol"
	"parley/protocol/client"
)

// newForkCommand returns "parley fork".
func newForkCommand() *cobra.Command {
	empty := false
	cmd := &cobra.Command{
		Use:   "fork LINK",
		Short: "Continue a session in a copy, to try another way",
		Long: `Continue a session that you host in a copy, for example to try another way. The
agent remembers the conversation in both sessions, and works in the same directory
in both. You are the only participant of the copy. The command prints two links:
your own, with which you host the copy, and the invite for others.

The copy begins with the history of the conversation, which everyone in it sees. It
begins empty if the agent cannot repeat the conversation, or if several sessions
took part in it: then only the agent remembers it. The command makes such a copy
only with --empty.

LINK is your own link, SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote it, because it
contains a #. The agent must offer to fork its sessions, and no turn may run.`,
		Example: `  parley fork 'http://127.0.0.1:7777/s/SESSION#p=PARTICIPANT:TOKEN'`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			link, err := parseLink(args[0])
			switch {
			case err != nil:
				return err
			case link.ParticipantID == "":
				return cli.Usagef("this is an invite link; parley fork needs your own link, which parley join prints at its end")
			}
			return fork(cmd.Context(), cmd.OutOrStdout(), link, empty)
		},
	}
	cmd.Flags().BoolVar(&empty, "empty", false, "make the session although it begins empty")
	return cmd
}

// whyEmpty says why a session that goes on from another one begins empty.
var whyEmpty = map[protocol.EarlierHistory]string{
	protocol.HistoryMissing:  "the agent cannot repeat the conversation",
	protocol.HistoryWithheld: "several sessions took part in the conversation",
}

// fork forks the session of a link, shares the fork, and prints the links to it. Only if
// empty is true, it makes a session that begins without the history.
func fork(ctx context.Context, out io.Writer, link client.Link, empty bool) error {
	room, err := welcome(ctx, link)
	if err != nil {
		return err
	}
	me := room.Participant
	if me.Role != protocol.RoleHost {
		return errors.New("only the host of a session can fork it")
	}
	server, err := serverAt(link.Server, link.Certificate)
	if err != nil {
		return err
	}
	history, err := server.ForkHistory(ctx, room.Session.HostSessionID)
	if err != nil {
		return forPeople(err)
	}
	if why := whyEmpty[history]; why != "" && !empty {
		return fmt.Errorf("%s, so the new session would begin empty, although the agent remembers it and can tell everybody there; repeat with --empty to make it", why)
	}
	shared, err := server.Fork(ctx, room.Session, me)
	return printLinks(out, shared, err)
}

// welcome returns the snapshot of a session.
func welcome(ctx context.Context, link client.Link) (client.Welcome, error) {
	identity, err := identityFor(link.Server)
	if err != nil {
		return client.Welcome{}, err
	}
	c, err := client.Open(ctx, link, client.Options{ReadOnly: true, Identity: identity})
	if err != nil {
		return client.Welcome{}, err
	}
	defer c.Close()
	for {
		select {
		case n, ok := <-c.Notices():
			if w, welcomed := n.(client.Welcome); welcomed {
				return w, nil
			}
			if !ok {
				return client.Welcome{}, c.Err()
			}
		case <-ctx.Done():
			return client.Welcome{}, ctx.Err()
		}
	}
}
