package main

import (
	"cmp"
	"errors"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/join"
	"parley/protocol/client"
)

const joinLong = `Join a shared session from this terminal: type to talk, /help for the rest.

LINK is an invite, SERVER/s/SESSION#i=INVITE, or one's own way back in,
SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote it, since it holds a #.

Lines can be piped in. When they end, who came by an invite leaves, and who came
by an own link stays a participant; the exit code is 1 if a line failed.`

// newJoinCommand returns "parley join".
func newJoinCommand() *cobra.Command {
	var user, name string
	command := &cobra.Command{
		Use:   "join LINK",
		Short: "Join a shared session from the terminal",
		Long:  joinLong,
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			link, err := client.ParseLink(args[0])
			if err != nil {
				return usageError{err}
			}
			me := client.Options{UserID: cmp.Or(user, name, os.Getenv("USER")), DisplayName: cmp.Or(name, os.Getenv("USER"))}
			if me.UserID == "" && link.ParticipantID == "" {
				return usageError{errors.New("say who you are, with --name")}
			}
			return join.Run(c.Context(), join.Options{
				Link: link, Client: me,
				In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
				Colour:   isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
				Terminal: isTerminal(os.Stdin),
			})
		},
	}
	command.Flags().StringVar(&name, "name", "", "what others see (default $USER)")
	command.Flags().StringVar(&user, "user", "", "your user id (default the name)")
	return command
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }
