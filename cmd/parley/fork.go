package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/protocol"
	"parley/protocol/client"
)

// newForkCommand returns "parley fork".
func newForkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fork LINK",
		Short: "Continue a session in a copy, to try another way",
		Long: `Continue a session that you host in a copy, for example to try another way. The
agent remembers the conversation in both sessions, and works in the same directory
in both. You are the only participant of the copy. The command prints two links:
your own, with which you host the copy, and the invite for others, who then see the
history of the conversation.

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
			return fork(cmd.Context(), cmd.OutOrStdout(), link)
		},
	}
}

// fork forks the session of a link, shares the fork, and prints the links to it.
func fork(ctx context.Context, out io.Writer, link client.Link) error {
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
	shared, err := server.Fork(ctx, room.Session, me)
	return printLinks(out, shared, err)
}

// welcome returns the snapshot of a session.
func welcome(ctx context.Context, link client.Link) (client.Welcome, error) {
	c, err := client.Open(ctx, link, client.Options{ReadOnly: true})
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
