package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/settingsfile"
	"parley/hub/agent/profile"
)

// A flag takes precedence over its environment variable PARLEY_…, and that over the YAML
// file. The keys of the file are the names of the flags. Only the file can contain whole
// agent profiles, under agents.

// envPrefix begins the name of every environment variable that is a setting.
const envPrefix = "PARLEY_"

// notSettings are the flags that neither the environment nor the file can set.
var notSettings = []string{"help", "config"}

// applyConfig sets the flags that were not given on the command line from the environment
// and the file. It returns the agent profiles of the file. Its error names everything that
// is wrong with the file, or with a value from the environment.
func applyConfig(cmd *cobra.Command) ([]profile.Profile, error) {
	file := new(settingsfile.File)
	if path := configPath(cmd); path != "" {
		var err error
		if file, err = settingsfile.Load(path, settingNames(cmd)); err != nil {
			return nil, cli.Usagef("%w", err)
		}
	}
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if slices.Contains(notSettings, f.Name) || f.Changed {
			return
		}
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v, ok := os.LookupEnv(name); ok {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
			return
		}
		for _, v := range file.Values(f.Name) {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				file.Refuse(f.Name, err)
			}
		}
	})
	if err := errors.Join(append(errs, file.Err())...); err != nil {
		return nil, cli.Usagef("%w", err)
	}
	return file.Agents, nil
}

// settingNames returns the names of the flags that the environment and the file can set.
func settingNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(notSettings, f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

// configPath returns the file that --config or PARLEY_CONFIG names or else, if it exists,
// the file in the user's configuration directory. It returns an empty string if there is
// none.
func configPath(cmd *cobra.Command) string {
	if path, _ := cmd.Flags().GetString("config"); path != "" {
		return path
	}
	if path := os.Getenv(envPrefix + "CONFIG"); path != "" {
		return path
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "" // there is no configuration directory
	}
	path := filepath.Join(dir, "parley", "parley.yaml")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ""
	}
	return path
}
