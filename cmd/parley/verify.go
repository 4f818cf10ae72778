package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/record"
	"parley/cmd/parley/internal/server"
	"parley/hub/journal/sqlite"
)

// newVerifyCommand returns "parley verify".
func newVerifyCommand() *cobra.Command {
	salvage := false
	var exported record.ExportCheck
	cmd := &cobra.Command{
		Use:   "verify DATA | verify --export FILE --key KEY",
		Short: "Check that a data directory is undamaged, or an export genuine",
		Long: `Check the journal in a data directory: the structure of the database and, in every
session, the checksum and the number of each event and the chain of hashes that
ties it to all earlier events. Then check the attachments: that every file that an
event names is there, and that every file is as it was uploaded. The command
changes nothing and may run while a server uses the directory.

The exit code is 0 if everything is as it was written. It is 1 if anything is
damaged or missing; each damage is then listed. Files that belong to nothing are
listed as unused; they are no damage, and the server removes them when it starts.

A server that was killed leaves a log, journal.db-wal, with its newest events. If
the log is damaged, the server refuses to start, because the database would drop
events silently. --salvage then finds out on a copy, in the directory for
temporary files, which events can be kept, and prints how to start the server
with those.

--export checks a file that parley export has written, without the server: that no
event was changed, left out or added, and that the server has signed the whole. KEY
is the server's public key, which parley key checkpoints prints there.`,
		Example: `  parley verify --export session.jsonl --key 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29
  parley verify ~/.local/share/parley
  parley verify --salvage ~/.local/share/parley`,
		Args: cli.Args(exported.Args),
		RunE: func(cmd *cobra.Command, args []string) error {
			if exported.File != "" {
				return exported.Run(cmd.OutOrStdout())
			}
			if salvage {
				return planSalvage(cmd, args[0])
			}
			r := &verifyProgress{out: cmd.OutOrStdout(), progress: cmd.ErrOrStderr(), shown: time.Now()}
			files := newFileCheck(cmd.Context(), args[0], cmd.OutOrStdout())
			err := sqlite.Verify(cmd.Context(), args[0], r.report, files.visit)
			if cmd.Context().Err() == nil {
				err = errors.Join(err, files.finish(err == nil))
			}
			if err != nil {
				return server.ExplainJournal(err, args[0])
			}
			_, err = fmt.Fprintf(r.out, "sound: %d sessions, %d events, %d attachments\n", r.last.Sessions, r.last.Events, files.check.Files)
			return err
		},
	}
	cmd.Flags().StringVar(&exported.File, "export", "", "check this export instead of a data directory")
	cmd.Flags().StringVar(&exported.Key, "key", "", "with --export: public key of the server, in hexadecimal")
	cmd.Flags().BoolVar(&salvage, "salvage", false, "list what can be kept of a journal whose log is damaged")
	return cmd
}

// planSalvage prints what can be kept of a damaged journal, and how.
func planSalvage(cmd *cobra.Command, dir string) error {
	plan, err := sqlite.PlanSalvage(cmd.Context(), dir)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if plan == nil {
		_, err := fmt.Fprintln(out, "the log is not damaged; parley verify without --salvage checks the rest")
		return err
	}
	fmt.Fprintln(out, "damaged:", plan.Damage)
	if plan.Choice == "" {
		return fmt.Errorf("nothing in %s can be kept; restore %s and %s together from a backup", dir, sqlite.FileName, server.KeyFile)
	}
	if plan.Repaired > 0 {
		fmt.Fprintf(out, "bytes that can be repaired: %d\n", plan.Repaired)
	}
	fmt.Fprintf(out, "can be kept: %d sessions with %d events, all undamaged\n", plan.Sessions, plan.Events)
	fmt.Fprintf(out, "would be dropped: %s\n", dropped(plan))
	_, err = fmt.Fprintf(out, "to copy the damaged files to a directory %s and start the server with the events that can be kept, run:\n  parley serve --data %s --salvage %s\n",
		filepath.Join(dir, "damaged-…"), dir, plan.Choice)
	return err
}

// dropped describes what would be lost.
func dropped(plan *sqlite.Salvage) string {
	if plan.Transactions == 0 {
		return "nothing that is known"
	}
	return fmt.Sprintf("the newest %d transactions, and everything in the damaged part", plan.Transactions)
}

// verifyProgress prints each damage, and the progress once a second.
type verifyProgress struct {
	out      io.Writer
	progress io.Writer
	last     sqlite.Progress
	shown    time.Time
}

func (r *verifyProgress) report(p sqlite.Progress) {
	r.last = p
	if p.Damage != nil {
		fmt.Fprintln(r.out, "damaged:", p.Damage)
	}
	if time.Since(r.shown) >= time.Second {
		fmt.Fprintf(r.progress, "checked %d of %d sessions, %d events\n", p.Sessions, p.Total, p.Events)
		r.shown = time.Now()
	}
}
