package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/logins"
	"parley/cmd/parley/internal/server"
	"parley/hub/journal"
	"parley/hub/journal/sqlite"
	"parley/hub/lookup"
	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/visible"
)

// NewAuditCommand returns "parley audit".
func NewAuditCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "audit DATA|SERVER SESSION",
		Short: "Print who did what in a session",
		Long: `Print who did what in a session: who created it, joined, proposed, edited, approved,
answered, configured, cancelled, removed and closed, when, from which address, and
whom the server knew them to be.

With a data directory, the command checks each event of the journal before it prints
what the event says, as parley verify does; it may run while a server uses the
directory. With the address of a server, it asks the server with the key that
parley login has kept.

The entries are in the private parts of the session's events, which the chain of
hashes covers and no participant receives. Events that were recorded by versions
before this one have no address.`,
		Example: `  parley audit ~/.local/share/parley 5b6d2e7c-8a4f-4c1d-9e3b-0a1b2c3d4e5f
  parley audit https://parley.example.com 5b6d2e7c-8a4f-4c1d-9e3b-0a1b2c3d4e5f --json`,
		Args: cli.Args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := journal.ParseSessionID(args[1])
			if err != nil {
				return cli.Usagef("%q is not the id of a session", args[1])
			}
			read := auditOfDirectory
			if strings.HasPrefix(args[0], "http://") || strings.HasPrefix(args[0], "https://") {
				read = auditOfServer
			}
			entries, err := read(cmd.Context(), args[0], id)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(protocol.AuditAnswer{Entries: entries})
			}
			return printAudit(cmd.OutOrStdout(), entries)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the entries as JSON")
	return cmd
}

// auditOfDirectory reads the entries from the journal in a directory, whose events it checks.
func auditOfDirectory(ctx context.Context, dir string, id journal.SessionID) ([]protocol.AuditEntry, error) {
	entries := []protocol.AuditEntry{}
	var audit lookup.Audit
	var failed error
	found := false
	err := sqlite.Verify(ctx, dir, func(sqlite.Progress) {}, func(r journal.Record) {
		if r.Session != id {
			return
		}
		found = true
		entry, ok, err := audit.Entry(r)
		if ok {
			entries = append(entries, entry)
		}
		failed = cmp.Or(failed, err)
	})
	if err == nil && !found {
		err = errors.New("the journal has no such session")
	}
	if err != nil {
		return nil, server.ExplainJournal(err, dir)
	}
	return entries, failed
}

// auditTimeout bounds how long a server may take to answer.
const auditTimeout = 5 * time.Minute

// auditOfServer asks a server for the entries.
func auditOfServer(ctx context.Context, address string, id journal.SessionID) ([]protocol.AuditEntry, error) {
	address = strings.TrimSuffix(address, "/")
	login, _, err := logins.Find(address)
	if err != nil {
		return nil, err
	}
	s, err := client.NewServer(address, client.ServerOptions{Certificate: login.Certificate, Token: login.Key, Timeout: auditTimeout})
	if err != nil {
		return nil, err
	}
	answer, err := s.Audit(ctx, id.String())
	return answer.Entries, err
}

// printAudit prints the entries as a table.
func printAudit(out io.Writer, entries []protocol.AuditEntry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME\tWHO\tFROM\tKNOWN AS\tDID\tDETAIL")
	for _, e := range entries {
		who := "-"
		if e.Participant != nil {
			who = cmp.Or(e.Participant.Name(), e.Participant.ID)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.At.UTC().Format(time.RFC3339), cell(who), cell(cmp.Or(e.Address, "-")),
			cell(cmp.Or(e.Identity, "-")), e.Act, cell(e.Detail))
	}
	return w.Flush()
}

// cell returns a text in a form that cannot change the table.
func cell(text string) string { return visible.Mark(strings.Join(strings.Fields(text), " ")) }
