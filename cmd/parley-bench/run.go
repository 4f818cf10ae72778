package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/scenario"
)

// command returns a command that measures the scenarios that its flags describe.
func (s *settings) command(use, short string, scenarios func() ([]scenario.Scenario, error)) *cobra.Command {
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Example: "  parley-bench " + use,
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := scenarios()
			if err != nil {
				return err
			}
			return s.run(cmd, all)
		},
	}
}

// run measures scenarios one after the other, and prints the result of each as soon as it
// is complete. If one fails, it continues with the others.
func (s *settings) run(cmd *cobra.Command, scenarios []scenario.Scenario) error {
	if err := s.check(); err != nil {
		return err
	}
	earlier, err := s.earlier()
	if err != nil {
		return err
	}
	line := newStatusLine(cmd.ErrOrStderr())
	defer line.clear()
	cores := runtime.NumCPU() // before lab pins this process to one of them
	lab, closeLab, err := s.lab(cmd.Context(), line.show)
	if err != nil {
		return err
	}
	defer closeLab()
	suite := scenario.Suite{Lab: lab, Runs: s.runs, Progress: line.show}
	all := report.New(cores, lab.Pins.On())
	var failed []error
	for _, one := range scenarios {
		result, err := suite.Run(cmd.Context(), one)
		line.clear()
		if err != nil && cmd.Context().Err() != nil {
			return err
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if err := report.WriteTable(cmd.OutOrStdout(), result, one.Goals, earlier); err != nil {
			return err
		}
		all.Results = append(all.Results, result)
		if err := s.save(all); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

// earlier loads the report to compare with. It returns nil without --compare.
func (s *settings) earlier() (*report.Report, error) {
	if s.compare == "" {
		return nil, nil
	}
	r, err := report.Load(s.compare)
	if err != nil {
		return nil, fmt.Errorf("--compare: %w", err)
	}
	return &r, nil
}

// save saves the report to the file of --json, if that is given.
func (s *settings) save(r report.Report) error {
	if s.json == "" {
		return nil
	}
	if err := r.Save(s.json); err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	return nil
}
