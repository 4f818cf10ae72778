package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"parley/cmd/internal/cli"
	"parley/hub/agent"
)

// A flag takes precedence over its environment variable PARLEY_…, and that over the YAML
// file. The keys of the file are the names of the flags. Only the file can contain whole
// agent profiles, under agents.

// envPrefix begins the name of every environment variable that is a setting.
const envPrefix = "PARLEY_"

// notSettings are the flags that neither the environment nor the file can set.
var notSettings = []string{"help", "config"}

// applyConfig sets the flags that were not given on the command line from the environment
// and the file. It returns the agent profiles of the file.
func applyConfig(cmd *cobra.Command) ([]agent.Profile, error) {
	path := configPath(cmd)
	file, profiles, err := loadConfig(path)
	if err != nil {
		return nil, cli.Usagef("%w", err)
	}
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		values, source := file[f.Name], path
		delete(file, f.Name)
		if slices.Contains(notSettings, f.Name) || f.Changed {
			return
		}
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v, ok := os.LookupEnv(name); ok {
			values, source = []string{v}, name
		}
		for _, v := range values {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", source, err))
			}
		}
	})
	for _, key := range slices.Sorted(maps.Keys(file)) {
		errs = append(errs, fmt.Errorf("%s: %q is not a setting; see %s --help", path, key, cmd.CommandPath()))
	}
	if len(errs) > 0 {
		return nil, cli.Usagef("%w", errs[0])
	}
	return profiles, nil
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

// settingsFile is a YAML file of settings.
type settingsFile struct {
	Agents []agent.Profile      `yaml:"agents"`
	Flags  map[string]yaml.Node `yaml:",inline"` // a scalar or a list of scalars, by flag name
}

// loadConfig loads a settings file. It returns the values of flags by name, which the
// caller checks, and the agent profiles. An unknown key in a profile is an error, because
// it is probably misspelt.
func loadConfig(path string) (map[string][]string, []agent.Profile, error) {
	if path == "" {
		return nil, nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read settings: %w", err)
	}
	var file settingsFile
	d := yaml.NewDecoder(bytes.NewReader(content))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	values := make(map[string][]string, len(file.Flags))
	for key, node := range file.Flags {
		if values[key], err = scalars(node); err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", path, key, err)
		}
	}
	return values, file.Agents, nil
}

// scalars returns a scalar, or the elements of a list of scalars.
func scalars(node yaml.Node) ([]string, error) {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}, nil
	}
	var list []string
	return list, node.Decode(&list)
}
