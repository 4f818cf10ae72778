package record

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub/export"
)

// ExportCheck has the flags of "parley verify" about an export.
type ExportCheck struct {
	File string // the export; empty to check a data directory
	Key  string // public key of the server, in hexadecimal
}

// Args checks the arguments of verify: a data directory, or none with an export.
func (e *ExportCheck) Args(cmd *cobra.Command, args []string) error {
	if e.File != "" {
		return cobra.NoArgs(cmd, args)
	}
	return cobra.ExactArgs(1)(cmd, args)
}

// Run checks the export, and prints what it is.
func (e *ExportCheck) Run(out io.Writer) error {
	key, err := hex.DecodeString(strings.TrimSpace(e.Key))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return cli.Usagef("--key: give the server's public key, which parley key checkpoints prints: %d hexadecimal digits", 2*ed25519.PublicKeySize)
	}
	file, err := os.Open(e.File)
	if err != nil {
		return err
	}
	defer file.Close()
	r, err := export.Verify(file, key)
	if err != nil {
		return fmt.Errorf("%s is not genuine: %w", e.File, err)
	}
	_, err = fmt.Fprintf(out, "genuine: session %s up to event %d, signed at %s; %d events, %d masked, %d hidden, %d of an early form that only the server can check\n",
		r.Checkpoint.Session, r.Checkpoint.Number, r.Checkpoint.At, r.Events, r.Masked, r.Hidden, r.Unchecked)
	return err
}
