// Package cli contains what the commands of this module share: how they start and stop,
// which exit codes they return, and how they report errors.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// Exit codes.
const (
	ExitError = 1 // the command failed
	ExitUsage = 2 // the command was called incorrectly

	ExitInterrupted = 130 // a second signal ended the command before it stopped
)

// Main runs a command line and exits. The first SIGINT or SIGTERM cancels the context of
// the command, the second ends the process at once.
func Main(root *cobra.Command) {
	os.Exit(Run(signalContext(), root, os.Args[1:]))
}

// signalContext returns a context that the first signal cancels.
func signalContext() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2) // the two signals that count
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with the process
		<-signals
		stop()
		<-signals
		os.Exit(ExitInterrupted)
	}()
	return ctx
}

// Run executes a command line and returns the exit code. It writes an error to standard
// error, as one line that begins with the name of the root command. Each of several usage
// errors, such as all that is wrong with a settings file, has a line of its own.
func Run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return Usagef("%w; see %s --help", err, cmd.CommandPath())
	})
	withFlagGroups(root)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[usageError](err); ok {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(root.ErrOrStderr(), "%s: %s\n", root.Name(), strings.TrimSpace(line))
		}
		return ExitUsage
	}
	fmt.Fprintf(root.ErrOrStderr(), "%s: %s\n", root.Name(), singleLine(err))
	return ExitError
}

var lineEnds = regexp.MustCompile(`(:?)\n\s*`)

// singleLine returns an error as one line. Joined errors and those of the YAML package
// have several.
func singleLine(err error) string {
	return lineEnds.ReplaceAllStringFunc(err.Error(), func(end string) string {
		if strings.HasPrefix(end, ":") {
			return ": "
		}
		return "; "
	})
}

// usageError reports that a command was called incorrectly.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Usagef returns an error for a command that was called incorrectly, for which [Run]
// returns [ExitUsage]. It formats as [fmt.Errorf] does.
func Usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// Args returns a check that turns an error of check into a usage error with the usage
// line of the command.
func Args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return Usagef("%w; usage: %s", err, cmd.UseLine())
		}
		return nil
	}
}

// NoCommand is the argument check of commands that only have subcommands. It reports an
// argument as an unknown command.
func NoCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("unknown command %q; see %s --help", args[0], cmd.CommandPath())
	}
	return nil
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }
