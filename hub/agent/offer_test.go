package agent_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub/agent"
	"parley/hub/agent/known"
	"parley/hub/agent/profile"
	"parley/hub/rules"
	"parley/protocol"
)

// install puts a program that does nothing useful into a new directory, which becomes
// PATH.
func install(t *testing.T, programs ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n/bin/echo not an agent >&2\nexit 3\n"), 0o700))
	}
	t.Setenv("PATH", dir)
}

func named[T any](list []T, name string, nameOf func(T) string) (found T, ok bool) {
	for _, item := range list {
		if nameOf(item) == name {
			return item, true
		}
	}
	return found, false
}

func profileNamed(list []protocol.AgentProfile, name string) (protocol.AgentProfile, bool) {
	return named(list, name, func(p protocol.AgentProfile) string { return p.Name })
}

func missingNamed(list []protocol.MissingAgent, name string) (protocol.MissingAgent, bool) {
	return named(list, name, func(m protocol.MissingAgent) string { return m.Name })
}

func TestLauncher_offers_installed_agents(t *testing.T) {
	install(t, "opencode", "goose", "npx")
	mine := profile.Profile{Name: "goose", Description: "my own", Command: []string{"/opt/goose", "acp"}}
	l, err := agent.NewLauncher([]profile.Profile{mine}, zaptest.NewLogger(t), agent.Options{Known: known.NewFinder(nil)})
	require.NoError(t, err)

	profiles, missing := l.Profiles(), l.Missing()
	require.Equal(t, "goose", profiles[0].Name, "configured agents come first")
	require.Equal(t, "my own", profiles[0].Description, "a configured agent takes the place of an installed one")
	require.Equal(t, "goose configure", profiles[0].SignIn)
	require.Equal(t, []string{profile.Demo, profile.DemoV2}, []string{profiles[len(profiles)-2].Name, profiles[len(profiles)-1].Name})
	opencode, ok := profileNamed(profiles, "opencode")
	require.True(t, ok)
	wd, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, protocol.AgentProfile{Name: "opencode", Cwd: wd, OtherCwd: true, Title: "opencode", Description: "opencode, installed on the server's machine",
		Source: protocol.SourceInstalled, SignIn: "opencode auth login"}, opencode)
	_, ok = missingNamed(missing, "opencode")
	require.False(t, ok)
	gemini, ok := missingNamed(missing, "gemini")
	require.True(t, ok)
	require.Equal(t, "npm install -g @google/gemini-cli", gemini.Install)
	require.Equal(t, "npx -y @google/gemini-cli --acp", gemini.Npx)
	_, ok = profileNamed(profiles, "gemini")
	require.False(t, ok)
}

func TestLauncher_starts_an_installed_agent(t *testing.T) {
	install(t, "opencode")
	l, err := agent.NewLauncher(nil, zaptest.NewLogger(t), agent.Options{Known: known.NewFinder(nil)})
	require.NoError(t, err)
	launch := func(name string) error {
		_, err := l.Launch(context.Background(), rules.LaunchSpec{Profile: name}, func(rules.AgentEvent) {})
		return err
	}
	require.ErrorContains(t, launch("opencode"), "not an agent", "the program ran")
	require.ErrorIs(t, launch("gemini"), rules.ErrNoProfile)
}

func TestLauncher_without_known_agents_offers_none(t *testing.T) {
	install(t, "opencode")
	l, err := agent.NewLauncher(nil, zaptest.NewLogger(t), agent.Options{})
	require.NoError(t, err)
	require.Len(t, l.Profiles(), 2, "the built-in agents")
	require.Empty(t, l.Missing())
}

func TestOffer_recognizes_a_known_agent_that_npx_runs(t *testing.T) {
	for command, title := range map[string]string{
		"npx -y @google/gemini-cli@0.61.0 --acp": "Gemini CLI",
		"npx -y @google/gemini-cli --acp":        "Gemini CLI",
		"/opt/bin/qwen --acp":                    "Qwen Code",
		"npx -y @google/gemini-cli-other":        "",
		"mine":                                   "",
	} {
		p, err := profile.Parse("x=" + command)
		require.NoError(t, err)
		require.Equal(t, title, profile.Offer([]profile.Profile{p}, nil).Agents[0].Title, command)
	}
}
