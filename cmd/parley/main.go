package main

import (
	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/record"
)

func main() { cli.Main(newRootCommand()) }

// newRootCommand returns "parley".
func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "Share one AI coding agent between several people, live",
		Long: `Parley lets several people drive one AI coding agent together.

A host shares a running agent session. Others join with a link, see the agent
work live, chat, propose prompts and answer the agent's questions. The host
decides who may do what, and approves what reaches the agent.

Try it:   parley demo
Agents:   parley agents
Serve:    parley serve
Join:     parley join LINK`,
		Args: cli.NoCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		newServeCommand(),
		newDemoCommand(),
		newShareCommand(),
		newAgentsCommand(),
		newDoctorCommand(),
		newAdoptCommand(),
		newForkCommand(),
		newDemoAgentCommand(),
		newJoinCommand(),
		newChangesCommand(),
		newKeyCommand(),
		newLoginCommand(),
		newLogoutCommand(),
		newVerifyCommand(),
		record.NewAuditCommand(),
		record.NewExportCommand(parseLink),
		newVersionCommand(),
	)
	return root
}
