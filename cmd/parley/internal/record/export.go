package record

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub/export"
	"parley/protocol"
	"parley/protocol/client"
)

// NewExportCommand returns "parley export". parseLink parses a link into a session.
func NewExportCommand(parseLink func(string) (client.Link, error)) *cobra.Command {
	file := ""
	cmd := &cobra.Command{
		Use:   "export LINK",
		Short: "Save a session in a form that can be checked",
		Long: `Write all events of a session as JSON lines: as you may see them, with secrets masked
unless you are the host. Each line has the hash that ties the event to all earlier
ones, and a digest in the place of what you do not see. The last line is signed by
the server, so that parley verify --export can check the file without the server.

LINK is your own link, SERVER/s/SESSION#p=PARTICIPANT:TOKEN. Quote it, because it
contains a #. It also works after you have left, and after the session's end.`,
		Example: `  parley export "$LINK" -o session.jsonl
  parley verify --export session.jsonl --key "$(parley key checkpoints)"`,
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			link, err := parseLink(args[0])
			if err != nil {
				return err
			}
			if link.ParticipantID == "" {
				return cli.Usagef("this is an invite link; parley export needs your own link, which parley join prints at its end")
			}
			if file == "" {
				return writeExport(cmd.Context(), link, cmd.OutOrStdout())
			}
			out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			if err := errors.Join(writeExport(cmd.Context(), link, out), out.Close()); err != nil {
				return errors.Join(err, os.Remove(file))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "file to write, which must not exist (default: standard output)")
	return cmd
}

// writeExport writes an export of the session of a link.
func writeExport(ctx context.Context, link client.Link, to io.Writer) error {
	c, err := client.Open(ctx, link, client.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer c.Close()
	out := bufio.NewWriter(to)
	lines := json.NewEncoder(out)
	if err := lines.Encode(export.Header{Export: export.Version, Session: link.Session}); err != nil {
		return err
	}
	var page protocol.ExportAnswer
	for page.More = true; page.More; {
		if page, err = c.Export(ctx, page.Cursor); err != nil {
			return err
		}
		for _, line := range page.Events {
			if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
				return err
			}
		}
	}
	if err := lines.Encode(export.Footer{Checkpoint: page.Checkpoint}); err != nil {
		return err
	}
	return out.Flush()
}
