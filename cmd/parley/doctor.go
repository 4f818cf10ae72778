package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/server"
	"parley/hub/agent/profile"
)

// newDoctorCommand returns "parley doctor".
func newDoctorCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say how a server with the same settings is protected",
		Long: `Say how parley serve would be protected if it were started by this user with the
same flags, environment and file: who can reach it, what its agents can read of
its data, and who else can read that. The command starts no server and no agent,
and changes nothing.

The exit code is 1 if something should be changed. The flags are those of
parley serve.`,
		Example: `  parley doctor
  parley doctor --config /etc/parley.yaml`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.complete(cmd); err != nil {
				return err
			}
			findings, err := examine(s.config)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			bad := 0
			for _, f := range findings {
				mark := "ok"
				if f.bad {
					mark, bad = "!!", bad+1
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", mark, f.subject, f.text)
			}
			if err := w.Flush(); err != nil || bad == 0 {
				return err
			}
			return fmt.Errorf("%d of these should be changed", bad)
		},
	}
	s.addServeFlags(cmd)
	return cmd
}

// finding is what examine says of one subject.
type finding struct {
	subject, text string
	bad           bool // it should be changed
}

// examine returns how a server with the configuration is protected.
func examine(c server.Config) ([]finding, error) {
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return nil, err
	}
	isolation, err := c.Isolation(data)
	if err != nil {
		return nil, err
	}
	names := ""
	for _, p := range profile.Offer(c.Agents, c.KnownAgents).Agents {
		names += " " + p.Name
	}
	return []finding{
		reach(c),
		people(c),
		{"agents", isolation.Report, isolation.Plan == nil && !c.IsLocalOnly()},
		{"offered", "agents that clients can start:" + names, false},
		examineFiles(data),
	}, nil
}

// reach says who can reach the server.
func reach(c server.Config) finding {
	if c.IsLocalOnly() && !c.Web.InsecureOpen {
		return finding{"reach", "only programs on this machine can reach " + c.Listen, false}
	}
	if c.Web.InsecureOpen {
		return finding{"reach", "everyone who can reach " + c.Listen + " can start agents, and so run code on this machine: leave out --insecure-open, or make sure that something else asks for credentials", true}
	}
	address := c.Listen
	if c.Web.PublicURL != nil {
		address = c.Web.PublicURL.String()
	}
	return finding{"reach", "other machines can reach " + address, false}
}

// people says who can sign in to the server.
func people(c server.Config) finding {
	switch {
	case c.Web.InsecureOpen:
		return finding{"people", "nobody has to sign in", false}
	case c.OIDC.Issuer != "" && len(c.OIDC.AllowDomains)+len(c.OIDC.AllowGroups) == 0:
		return finding{"people", "everyone with an account at " + c.OIDC.Issuer + " can start agents: --oidc-allow-domains and --oidc-allow-groups restrict that", true}
	case c.OIDC.Issuer != "":
		return finding{"people", "those with an account at " + c.OIDC.Issuer + " whose domain or group is allowed can start agents", false}
	case c.Web.IdentityHeader != "":
		return finding{"people", "those whom the trusted proxies name in " + c.Web.IdentityHeader + " can start agents", false}
	case c.Web.IsProtected():
		return finding{"people", "operators can start agents: parley key list", false}
	}
	return finding{"people", "every program on this machine can start agents; --protected asks for a key", false}
}

// examineFiles says who can read the data directory.
func examineFiles(data string) finding {
	info, err := os.Stat(data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{"data", data + " does not exist yet; parley serve creates it for its own user alone", false}
	case err != nil:
		return finding{"data", err.Error(), true}
	case info.Mode().Perm()&0o077 != 0:
		return finding{"data", fmt.Sprintf("other users can read %s: chmod 700 %s", data, data), true}
	}
	return finding{"data", "only its owner can read " + data, false}
}
