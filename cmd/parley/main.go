package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitError = 1 // it went wrong
	exitUsage = 2 // it was called wrongly

	exitInterrupted = 130 // a second signal did not let it end in order
)

func main() {
	os.Exit(run(untilSignal(), os.Args[1:]))
}

// untilSignal returns a context that the first signal to stop ends. The second
// ends the process at once.
func untilSignal() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // lives as long as the process
		<-signals
		stop()
		<-signals
		os.Exit(exitInterrupted)
	}()
	return ctx
}

// run executes the command line and returns the exit code. Every error is one
// line that says what to do.
func run(ctx context.Context, args []string) int {
	root := newRootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(root.ErrOrStderr(), "parley:", onOneLine(err))
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitError
}

var lineEnds = regexp.MustCompile(`(:?)\n\s*`)

// onOneLine writes errors of several lines, such as those of the YAML package
// and joined ones, as one.
func onOneLine(err error) string {
	return lineEnds.ReplaceAllStringFunc(err.Error(), func(end string) string {
		if strings.HasPrefix(end, ":") {
			return ": "
		}
		return "; "
	})
}

// usageError says that a command was called wrongly.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "Share one AI coding agent between several people, live",
		Long: `Parley lets several people drive one AI coding agent together.

A host shares a running agent session; others join by a link, see the agent
work, talk, propose prompts and answer the agent's questions. The host decides
who may do what and approves what reaches the agent.

Try it:   parley demo
Serve:    parley serve --agent NAME="COMMAND ARGS"
Join:     parley join LINK`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q; see parley --help", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(
		newServeCommand(),
		newDemoCommand(),
		newDemoAgentCommand(),
		newJoinCommand(),
		newVerifyCommand(),
		newBenchCommand(),
		newVersionCommand(),
	)
	return root
}

// usageArgs makes a wrong number of arguments a usage error that teaches.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w; usage: %s", err, cmd.UseLine())}
		}
		return nil
	}
}
