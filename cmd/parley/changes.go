package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/review"
	"parley/protocol"
	"parley/protocol/client"
)

const changesLong = `Print what has changed in the working directory of a session's agent, as a unified
diff: since the session began or, with --uncommitted, since the newest commit.
With --turn it prints the changes of one turn: 1 is the first one that is stored,
and -1 the newest. A turn can also be named by the id of its prompt's approval.

LINK is your own link, SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote it, because it
contains a #. With paths, only these files are printed, with longer diffs.

Files that git ignores are left out, and what is too large is named instead of
shown. Characters that cannot be seen are marked. Set NO_COLOR to turn colours
off.`

// changesTimeout bounds the whole command.
const changesTimeout = 2 * time.Minute

// newChangesCommand returns "parley changes".
func newChangesCommand() *cobra.Command {
	var uncommitted, stat, asJSON bool
	var turn string
	command := &cobra.Command{
		Use:   "changes LINK [PATH ...]",
		Short: "Print what an agent has changed",
		Long:  changesLong,
		Example: `  parley changes 'http://127.0.0.1:7777/s/SESSION#p=PARTICIPANT:TOKEN' --stat
  parley changes "$LINK" --turn -1 | less -R`,
		Args: cli.Args(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if uncommitted && turn != "" {
				return cli.Usagef("--uncommitted and --turn cannot be used together")
			}
			q := protocol.ChangesQuery{Scope: protocol.ChangesAll}
			if uncommitted {
				q.Scope = protocol.ChangesUncommitted
			}
			ctx, cancel := context.WithTimeout(c.Context(), changesTimeout)
			defer cancel()
			answers, err := readChanges(ctx, args[0], q, turn, args[1:])
			if err != nil {
				return err
			}
			return printChanges(c.OutOrStdout(), answers, asJSON, stat)
		},
	}
	command.Flags().BoolVar(&uncommitted, "uncommitted", false, "since the newest commit")
	command.Flags().StringVar(&turn, "turn", "", "in one turn: its number, or the id of its approval")
	command.Flags().BoolVar(&stat, "stat", false, "print only how many lines of each file have changed")
	command.Flags().BoolVar(&asJSON, "json", false, "print the server's answer; with paths, one line for each")
	return command
}

// readChanges reads the changes of a session: all of them, or those of each path.
func readChanges(ctx context.Context, to string, q protocol.ChangesQuery, turn string, paths []string) (answers []protocol.ChangesAnswer, err error) {
	link, err := parseLink(to)
	if err != nil {
		return nil, err
	}
	if link.ParticipantID == "" {
		return nil, cli.Usagef("this is an invite link; parley changes needs your own link, which parley join prints at its end")
	}
	identity, err := identityFor(link.Server)
	if err != nil {
		return nil, err
	}
	c, err := client.Open(ctx, link, client.Options{ReadOnly: true, Identity: identity})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if turn != "" {
		all, err := c.Changes(ctx, q)
		if err != nil {
			return nil, err
		}
		if q.Turn, err = review.FindTurn(all.Turns, turn); err != nil {
			return nil, err
		}
		q.Scope = protocol.ChangesTurn
	}
	if len(paths) == 0 {
		paths = []string{""}
	}
	for _, path := range paths {
		q.Path = path
		answer, err := c.Changes(ctx, q)
		if err != nil {
			return nil, err
		}
		if path != "" && answer.Reason == "" && len(answer.Files) == 0 {
			return nil, fmt.Errorf("%s has not changed", path)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// printChanges prints answers. An answer without changes to show is an error.
func printChanges(out io.Writer, answers []protocol.ChangesAnswer, asJSON, stat bool) error {
	colour := cli.IsTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "" && cmp.Or(os.Getenv("TERM"), "dumb") != "dumb"
	for _, a := range answers {
		switch {
		case asJSON:
			encoded, err := json.Marshal(a)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(out, "%s\n", encoded); err != nil {
				return err
			}
		case a.Reason != "":
			return errors.New(a.Reason)
		default:
			if err := review.Print(out, a, review.Options{Stat: stat, Colour: colour}); err != nil {
				return err
			}
		}
	}
	return nil
}
