package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub/journal/sqlite"
)

func newVerifyCommand() *cobra.Command {
	salvage := false
	cmd := &cobra.Command{
		Use:   "verify DATA",
		Short: "Check that a data directory holds what was written",
		Long: `Check the journal in a data directory: the database's own structure, and of
every session each event's checksum, its number and the chain of hashes that
ties it to all events before. It changes nothing and may run beside a server.

The exit code is 0 when all is as it was written; 1, with every damage by name,
when not.

A server that was killed leaves a log, journal.db-wal, with its newest events. If
that is damaged, the server refuses to start, since the database would drop
events without a word. --salvage then tries on a copy, in the directory for
temporary files, what can be kept, and says how to start the server with that.`,
		Example: `  parley verify ~/.local/share/parley
  parley verify --salvage ~/.local/share/parley`,
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if salvage {
				return planSalvage(cmd, args[0])
			}
			r := &verifyReport{out: cmd.OutOrStdout(), progress: cmd.ErrOrStderr(), shown: time.Now()}
			err := sqlite.Verify(cmd.Context(), args[0], r.report)
			if err != nil {
				return explainJournal(err, args[0])
			}
			_, err = fmt.Fprintf(r.out, "sound: %d sessions, %d events\n", r.last.Sessions, r.last.Events)
			return err
		},
	}
	cmd.Flags().BoolVar(&salvage, "salvage", false, "say what can be kept of a journal whose log is damaged")
	return cmd
}

// explainJournal adds to an error of the journal in a directory what to do.
func explainJournal(err error, dir string) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s holds no journal; name the directory that the server has as --data", dir)
	}
	if _, ok := errors.AsType[*sqlite.LogDamageError](err); ok {
		return fmt.Errorf("%w; to see what can be kept, run: parley verify --salvage %s", err, dir)
	}
	return err
}

// planSalvage prints what can be kept, and how.
func planSalvage(cmd *cobra.Command, dir string) error {
	plan, err := sqlite.PlanSalvage(cmd.Context(), dir)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if plan == nil {
		_, err := fmt.Fprintln(out, "the log is not damaged; parley verify checks the rest")
		return err
	}
	fmt.Fprintln(out, "damaged:", plan.Damage)
	if plan.Choice == "" {
		return fmt.Errorf("nothing that can be kept of %s is sound; restore a backup, of %s and %s together", dir, sqlite.FileName, keyFile)
	}
	if plan.Repaired > 0 {
		fmt.Fprintf(out, "bytes that can be put right: %d\n", plan.Repaired)
	}
	fmt.Fprintf(out, "can be kept: %d sessions with %d events, all sound\n", plan.Sessions, plan.Events)
	fmt.Fprintf(out, "would be dropped: %s\n", dropped(plan))
	_, err = fmt.Fprintf(out, "to start the server with that, after copying the files as they are to a directory %s:\n  parley serve --data %s --salvage %s\n",
		filepath.Join(dir, "damaged-…"), dir, plan.Choice)
	return err
}

func dropped(plan *sqlite.Salvage) string {
	if plan.Transactions == 0 {
		return "nothing that is known of"
	}
	return fmt.Sprintf("the newest %d transactions, and what stood in the damaged part", plan.Transactions)
}

// verifyReport prints each damage, and on long work how far it has come.
type verifyReport struct {
	out      io.Writer
	progress io.Writer
	last     sqlite.Progress
	shown    time.Time
}

func (r *verifyReport) report(p sqlite.Progress) {
	r.last = p
	if p.Damage != nil {
		fmt.Fprintln(r.out, "damaged:", p.Damage)
	}
	if time.Since(r.shown) >= time.Second {
		fmt.Fprintf(r.progress, "checked %d of %d sessions, %d events\n", p.Sessions, p.Total, p.Events)
		r.shown = time.Now()
	}
}
