package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/report"
)

// newPlotCommand returns "parley-bench plot".
func newPlotCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "plot FILE",
		Short: "Draw curves from a file of --json",
		Long: `Draw, for each figure of each scenario in the file, how the figure depends on the
setting that was measured with the most values.`,
		Example: `  parley-bench plot curves.json -o plots`,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := report.Load(args[0])
			if err != nil {
				return err
			}
			files, err := report.Plot(r, dir)
			for _, file := range files {
				fmt.Fprintln(cmd.OutOrStdout(), file)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", ".", "directory for the SVG files; created if it is missing")
	return cmd
}
