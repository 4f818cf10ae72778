package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/display"
	"parley/hub/agent/profile"
	"parley/protocol"
)

// newAgentsCommand returns "parley agents".
func newAgentsCommand() *cobra.Command {
	var asJSON bool
	var s settings
	cmd := &cobra.Command{
		Use:   "agents",
		Short: "List the agents that can be started, and how to get others",
		Long: `List the agents that parley serve offers with the same settings: those that the
settings configure and common ones that are installed, that is, whose program is
in a directory of PATH. Then list the common agents that are not installed, and
how to install them and sign in to them. The command starts no agent.

A configured agent takes the place of an installed one with the same name. It
needs a configuration if it is to run in another directory, with other variables
or with MCP servers; parley serve --help shows one.

The command also checks the configured agents, and fails with the exit code 2 if
something is wrong with them. --json prints what GET /api/agents answers. The
other flags are those of parley serve.`,
		Example: `  parley agents
  parley agents --config parley.yaml --json`,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.completeAgents(cmd); err != nil {
				return err
			}
			if err := profile.Check(s.config.Agents); err != nil {
				return cli.Usagef("%w", err)
			}
			answer := profile.Offer(s.config.Agents, s.config.KnownAgents)
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetEscapeHTML(false)
				encoder.SetIndent("", "  ")
				return encoder.Encode(answer)
			}
			return printAgents(cmd.OutOrStdout(), answer)
		},
	}
	s.addServeFlags(cmd)
	hideFlagsExcept(cmd, "config", "agent", "installed-agents")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// hideFlagsExcept hides flags from the help, because they are accepted only so that the
// same settings can be used as for another command.
func hideFlagsExcept(cmd *cobra.Command, names ...string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { f.Hidden = !slices.Contains(names, f.Name) })
}

// printAgents prints the agents for people.
func printAgents(out io.Writer, a protocol.AgentsAnswer) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "Agents that can be started:")
	for _, p := range a.Agents {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", p.Name, sourceWords[p.Source], display.OneLine(p.About()))
		if p.SignIn != "" {
			fmt.Fprintf(w, "\t\tsign in: %s\n", p.SignIn)
		}
	}
	if len(a.Missing) > 0 {
		fmt.Fprintln(w, "\nCommon agents that are not installed:")
	}
	for _, m := range a.Missing {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", m.Name, m.Title, m.HowToInstall())
		if m.Npx != "" {
			fmt.Fprintf(w, "\t\tor run it without installing it: parley serve --agent '%s=%s'\n", m.Name, m.Npx)
		}
		fmt.Fprintf(w, "\t\tsign in: %s\n", m.SignIn)
	}
	return w.Flush()
}

// sourceWords are the words for the sources of agents.
var sourceWords = map[protocol.AgentSource]string{
	protocol.SourceBuiltIn:    "built in",
	protocol.SourceConfigured: "configured",
	protocol.SourceInstalled:  "installed",
}
