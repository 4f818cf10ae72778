package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"parley/hub/journal/sqlite"
)

func newVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DATA",
		Short: "Check that a data directory holds what was written",
		Long: `Check the journal in a data directory: the database's own structure, and of
every session each event's checksum, its number and the chain of hashes that
ties it to all events before. It changes nothing and may run beside a server.

The exit code is 0 when all is as it was written; 1, with every damage by name,
when not.`,
		Example: "  parley verify ~/.local/share/parley",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := &verifyReport{out: cmd.OutOrStdout(), progress: cmd.ErrOrStderr(), shown: time.Now()}
			err := sqlite.Verify(cmd.Context(), args[0], r.report)
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%s holds no journal; name the directory that the server has as --data", args[0])
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(r.out, "sound: %d sessions, %d events\n", r.last.Sessions, r.last.Events)
			return err
		},
	}
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
