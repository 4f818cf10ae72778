package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/operators"
	"parley/cmd/parley/internal/server"
	"parley/protocol/client"
)

const keyLong = `Manage the keys of the operators of a protected server: of those who may list its
sessions and start agents. Run it on the server's machine, as the server's user. The
server may be running, and what changes applies at once.

A key is secret, and is shown once. The server stores only digests.`

// newKeyCommand returns "parley key".
func newKeyCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Manage the keys of a server's operators",
		Long:  keyLong,
		Args:  cli.NoCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&data, "data", defaultDataDir(), "data directory of the server")
	cmd.AddCommand(newKeyAdd(&data), newKeyLink(&data), newKeyList(&data), newKeyRevoke(&data), newKeyCheckpoints(&data))
	return cmd
}

func newKeyCheckpoints(data *string) *cobra.Command {
	return &cobra.Command{
		Use:   "checkpoints",
		Short: "Print the public key that checks exports",
		Long: `Print the public key of the server, in hexadecimal. Give it to those who check exports
with parley verify --export FILE --key KEY, on a way that they trust. The private key
is checkpoint.key in the data directory; the command makes it if there is none.`,
		Example: `  parley key checkpoints --data /var/lib/parley`,
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Stat(*data); err != nil {
				return err
			}
			key, err := server.LoadCheckpointKey(*data)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%x\n", key.Public())
			return err
		},
	}
}

func newKeyAdd(data *string) *cobra.Command {
	return &cobra.Command{
		Use:   "add NAME",
		Short: "Make a key",
		Long: `Make a key and print it. Use it as Authorization: Bearer KEY, with parley login, or
on the start page. NAME tells you later whose key it is.`,
		Example: `  parley key add ci`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := openOperators(*data, args[0])
			if err != nil {
				return err
			}
			key, err := store.Add(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), key)
			return err
		},
	}
}

func newKeyLink(data *string) *cobra.Command {
	var server string
	cmd := &cobra.Command{
		Use:   "link NAME",
		Short: "Make a sign-in link",
		Long: `Make a sign-in link and print it. It is valid once and for ten minutes: open it in a
browser, or pass it to parley login.`,
		Example: `  parley key link ann --server https://parley.example.com`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			link, err := client.ParseSignInLink(server)
			if err != nil || link.Code != "" {
				return cli.Usagef("--server: %q is not the address of a server, such as https://parley.example.com", server)
			}
			store, err := openOperators(*data, args[0])
			if err != nil {
				return err
			}
			if link.Code, err = store.AddCode(args[0]); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), link)
			return err
		},
	}
	cmd.Flags().StringVar(&server, "server", "http://"+defaultListen, "address of the server, which the link begins with; #c=FINGERPRINT may follow it")
	return cmd
}

func newKeyList(data *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys by name",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := operators.Open(*data).Keys()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
			for _, k := range keys {
				how := "added"
				if k.SignedIn {
					how = "signed in"
				}
				fmt.Fprintf(w, "%s\t%s %s\n", k.Name, how, k.Created.Format(time.DateTime))
			}
			return w.Flush()
		},
	}
}

func newKeyRevoke(data *string) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke NAME",
		Short:   "Make the keys of a name invalid",
		Example: `  parley key revoke ci`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			count, err := operators.Open(*data).Revoke(args[0])
			switch {
			case err != nil:
				return err
			case count == 0:
				return fmt.Errorf("there is no key with the name %q in %s; parley key list shows those that there are", args[0], *data)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d of %s revoked\n", count, args[0])
			return err
		},
	}
}

// openOperators opens the store of a data directory that a server has, for a name.
func openOperators(data, name string) (*operators.Store, error) {
	if err := operators.CheckName(name); err != nil {
		return nil, cli.Usagef("%w", err)
	}
	if _, err := os.Stat(filepath.Join(data, "journal.db")); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is not the data directory of a server; name the one that parley serve uses with --data", data)
	}
	return operators.Open(data), nil
}
