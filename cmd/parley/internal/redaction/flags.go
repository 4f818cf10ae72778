package redaction

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/internal/cli"
	"parley/hub/redact"
)

// Flags are the values of the flags that say what is masked.
type Flags struct {
	values []string // of --redact
	files  []string // of --redact-file
	env    []string // of --redact-env
}

// Add adds the flags to a command.
func (r *Flags) Add(cmd *cobra.Command) {
	defer cli.Group(cmd, "Secrets")()
	f := cmd.Flags()
	f.StringArrayVar(&r.values, "redact", nil, `what participants who do not decide see as [redacted], in everything that the agent and people write: on, the default, for the common forms of keys, tokens, private keys and passwords; a regular expression (RE2) for what it matches too, or what its groups match; or off for nothing; may be repeated`)
	f.StringArrayVar(&r.files, "redact-file", nil, "file with such regular expressions, one in each line; lines that begin with # are comments; may be repeated")
	f.StringArrayVar(&r.env, "redact-env", nil, "name of an environment variable whose value is such a secret; may be repeated")
}

// Given reports whether one of the flags was given.
func (r *Flags) Given() bool { return len(r.values)+len(r.files)+len(r.env) > 0 }

const (
	redactOn  = "on"
	redactOff = "off"
)

// Rules returns the rules that the flags ask for; nil for none. Its errors name the flag.
func (r *Flags) Rules() (*redact.Rules, error) {
	var o redact.Options
	isOff := false
	for _, v := range r.values {
		switch v {
		case redactOff:
			isOff = true
		case redactOn:
		case "":
			return nil, errors.New("--redact: give on, off or a regular expression")
		default:
			o.Patterns = append(o.Patterns, v)
		}
	}
	if isOff {
		if len(r.values) > 1 || len(r.files) > 0 || len(r.env) > 0 {
			return nil, errors.New("--redact=off: leave out the other --redact flags, which say what is masked")
		}
		return nil, nil
	}
	for _, file := range r.files {
		patterns, err := readPatterns(file)
		if err != nil {
			return nil, fmt.Errorf("--redact-file: %w", err)
		}
		o.Patterns = append(o.Patterns, patterns...)
	}
	var err error
	if o.Literals, err = r.literals(); err != nil {
		return nil, err
	}
	rules, err := redact.New(o)
	if err != nil {
		return nil, fmt.Errorf("--redact: %w", err)
	}
	return rules, nil
}

// literals returns the values of the environment variables.
func (r *Flags) literals() (values []string, err error) {
	for _, name := range r.env {
		value := os.Getenv(name)
		switch {
		case value == "":
			return nil, fmt.Errorf("--redact-env: the environment variable %q is not set", name)
		case len(value) < redact.MinLiteral:
			return nil, fmt.Errorf("--redact-env: the value of %s has fewer than %d bytes, so that parts of ordinary words would be masked", name, redact.MinLiteral)
		}
		values = append(values, value)
	}
	return values, nil
}

// readPatterns reads the patterns in a file.
func readPatterns(file string) (patterns []string, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns, nil
}
