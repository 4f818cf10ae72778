package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"parley/hub/agent"
)

// Settings come from flags, before environment variables PARLEY_…, before a
// YAML file. The file's keys are the flags' names; it alone can hold whole
// agent profiles, under agents.

// envPrefix begins the name of every environment variable that is a setting.
const envPrefix = "PARLEY_"

// notSettings are flags that neither the environment nor the file sets.
var notSettings = []string{"help", "config"}

// settle fills in the flags that were not given on the command line, and
// returns the agent profiles of the file.
func settle(cmd *cobra.Command) ([]agent.Profile, error) {
	path, err := configPath(cmd)
	if err != nil {
		return nil, err
	}
	file, profiles, err := readConfig(path)
	if err != nil {
		return nil, usageError{err}
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
				errs = append(errs, fmt.Errorf("%s: %s: %w", source, f.Name, err))
			}
		}
	})
	for key := range file {
		errs = append(errs, fmt.Errorf("%s: %q is not a setting; see %s --help", path, key, cmd.CommandPath()))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{errs[0]}
	}
	return profiles, nil
}

// configPath is the file that was asked for, or else the one in its usual
// place if it is there.
func configPath(cmd *cobra.Command) (string, error) {
	if path, _ := cmd.Flags().GetString("config"); path != "" {
		return path, nil
	}
	if path := os.Getenv(envPrefix + "CONFIG"); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", nil // no home: no usual place
	}
	path := filepath.Join(dir, "parley", "parley.yaml")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return path, nil
}

// readConfig reads a YAML file: scalars and lists of scalars by flag name, and
// agent profiles.
func readConfig(path string) (map[string][]string, []agent.Profile, error) {
	if path == "" {
		return nil, nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read settings: %w", err)
	}
	var raw map[string]yaml.Node
	if err := yaml.Unmarshal(content, &raw); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	var profiles []agent.Profile
	if node, ok := raw["agents"]; ok {
		if err := decodeStrictly(node, &profiles); err != nil {
			return nil, nil, fmt.Errorf("%s: agents: %w", path, err)
		}
		delete(raw, "agents")
	}
	values := make(map[string][]string, len(raw))
	for key, node := range raw {
		if values[key], err = scalars(node); err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", path, key, err)
		}
	}
	return values, profiles, nil
}

func scalars(node yaml.Node) ([]string, error) {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}, nil
	}
	var list []string
	return list, node.Decode(&list)
}

// decodeStrictly refuses keys that are not known: a typing error would
// otherwise go unnoticed.
func decodeStrictly(node yaml.Node, into any) error {
	b, err := yaml.Marshal(&node)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
