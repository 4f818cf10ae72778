package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/join"
	"parley/protocol/client"
)

const joinLong = `Join a shared session from this terminal. Type a line to send a message; /help
lists the commands.

LINK is an invite link, SERVER/s/SESSION#i=INVITE, or your own link, with which
you return as the same participant, SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote
it, because it contains a #.

Input can be piped in. At its end, a participant who joined with an invite link
leaves the session, and one who joined with an own link stays a participant. The
exit code is 1 if a line failed. A line can only decide on an item that was shown
before the line was read.

On a terminal the input line stays below the output. A pasted text is one
message, Alt-Enter inserts a line break, the arrow keys recall earlier lines, and
Ctrl-C disconnects. Set TERM=dumb to turn the input line off, and NO_COLOR to turn
colours off.

Commands:

` + command.HelpText

// newJoinCommand returns "parley join".
func newJoinCommand() *cobra.Command {
	var user, name string
	command := &cobra.Command{
		Use:   "join LINK",
		Short: "Join a shared session from the terminal",
		Long:  joinLong,
		Example: `  parley join 'http://127.0.0.1:7777/s/SESSION#i=INVITE' --name Ben
  echo "/prompt fix the failing test" | parley join 'http://127.0.0.1:7777/s/SESSION#i=INVITE' --name ci`,
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			o, err := joinOptions(args[0], user, name)
			if err != nil {
				return err
			}
			return join.Run(c.Context(), o)
		},
	}
	command.Flags().StringVar(&name, "name", "", "display name (default $USER)")
	command.Flags().StringVar(&user, "user", "", "user id (default the display name)")
	return command
}

// joinOptions returns the options for a link, on the terminal or pipes of this process.
// A terminal with an input line is in raw mode when it returns.
func joinOptions(to, user, name string) (join.Options, error) {
	link, err := parseLink(to)
	if err != nil {
		return join.Options{}, err
	}
	me := client.Options{UserID: cmp.Or(user, name, os.Getenv("USER")), DisplayName: cmp.Or(name, os.Getenv("USER"))}
	if me.Identity, err = identityFor(link.Server); err != nil {
		return join.Options{}, err
	}
	if me.UserID == "" && me.Identity != "" {
		me.UserID = "me" // the server knows better
	}
	if me.UserID == "" && link.ParticipantID == "" {
		return join.Options{}, cli.Usagef("give your name with --name")
	}
	dumb := os.Getenv("TERM") == "dumb"
	o := join.Options{
		Link: link, Client: me,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Colour:   cli.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" && !dumb,
		Terminal: cli.IsTerminal(os.Stdin),
	}
	if o.Terminal && cli.IsTerminal(os.Stdout) && !dumb {
		if o.Console, err = console.Open(os.Stdin, os.Stdout); err != nil {
			return join.Options{}, fmt.Errorf("cannot use the terminal: %w; set TERM=dumb to do without an input line", err)
		}
	}
	return o, nil
}
