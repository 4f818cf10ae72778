package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/join"
	"parley/protocol/client"
)

const joinLong = `Join a shared session from this terminal: type to talk, /help for the rest.

LINK is an invite, SERVER/s/SESSION#i=INVITE, or one's own way back in,
SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote it, since it holds a #.

Lines can be piped in. When they end, who came by an invite leaves, and who came
by an own link stays a participant; the exit code is 1 if a line failed. A line
decides on something only if that was shown before the line was read.

On a terminal there is an input line below the output: a pasted text is one
message, Alt-Enter begins a new line, the arrows call earlier lines back, Ctrl-C
disconnects. TERM=dumb does without it, NO_COLOR without colours.

Commands:

` + join.HelpText

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
			o := join.Options{
				Link: link, Client: me,
				In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
				Colour:   isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
				Terminal: isTerminal(os.Stdin),
			}
			if o.Terminal && isTerminal(os.Stdout) && os.Getenv("TERM") != "dumb" {
				if o.Console, err = console.Open(os.Stdin, os.Stdout); err != nil {
					return fmt.Errorf("cannot use the terminal: %w; TERM=dumb does without an input line", err)
				}
			}
			return join.Run(c.Context(), o)
		},
	}
	command.Flags().StringVar(&name, "name", "", "what others see (default $USER)")
	command.Flags().StringVar(&user, "user", "", "your user id (default the name)")
	return command
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }
