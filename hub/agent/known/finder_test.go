package known_test

import (
	"os/exec"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/known"
)

// programs is a PATH that contains some programs.
type programs map[string]bool

func (p programs) look(program string) (string, error) {
	if p[program] {
		return "/bin/" + program, nil
	}
	return "", exec.ErrNotFound
}

func find(t *testing.T, installed programs, name string) known.Found {
	t.Helper()
	found, ok := known.NewFinder(installed.look).Agent(name)
	require.True(t, ok)
	return found
}

func TestFinder_finds_what_is_installed(t *testing.T) {
	gemini := find(t, programs{"gemini": true}, "gemini")
	require.Equal(t, []string{"gemini", "--acp"}, gemini.Run)
	require.Nil(t, find(t, programs{}, "gemini").Run)
	require.Equal(t, "npm install -g @google/gemini-cli", gemini.Install)
	_, ok := known.NewFinder(programs{}.look).Agent("unheard-of")
	require.False(t, ok)
}

func TestFinder_runs_an_adapter_with_npx_if_its_product_is_installed(t *testing.T) {
	withNpx := []string{"npx", "-y", "@agentclientprotocol/claude-agent-acp"}
	require.Equal(t, withNpx, find(t, programs{"claude": true, "npx": true}, "claude").Run)
	require.Equal(t, []string{"claude-agent-acp"}, find(t, programs{"claude-agent-acp": true, "claude": true, "npx": true}, "claude").Run)
	require.Nil(t, find(t, programs{"claude": true}, "claude").Run, "without npx")

	absent := find(t, programs{"npx": true}, "claude")
	require.Nil(t, absent.Run, "nothing is downloaded that nobody has asked for")
	require.Equal(t, withNpx, absent.WithoutInstalling)
}

func TestFinder_searches_again_after_some_seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		installed, searches := programs{}, 0
		f := known.NewFinder(func(program string) (string, error) {
			if program == "npx" {
				searches++
			}
			return installed.look(program)
		})
		isThere := func() bool {
			found, _ := f.Agent("opencode")
			return found.Run != nil
		}
		for range 100 {
			require.False(t, isThere())
		}
		require.Equal(t, 1, searches)
		installed["opencode"] = true
		time.Sleep(3 * time.Second)
		require.True(t, isThere(), "it was installed meanwhile")
		require.Equal(t, 2, searches)
	})
}

func TestAgents_are_described(t *testing.T) {
	names := map[string]bool{}
	for _, a := range known.Agents() {
		require.Regexp(t, `^[a-z]+$`, a.Name)
		require.False(t, names[a.Name], "%s is listed twice", a.Name)
		names[a.Name] = true
		require.NotEmpty(t, a.Title)
		require.NotEmpty(t, a.Command)
		require.NotEmpty(t, a.SignIn)
		require.Regexp(t, `^https://`, a.Docs)
	}
	for _, name := range []string{"opencode", "gemini", "claude", "codex", "goose", "qwen", "copilot", "cline"} {
		require.True(t, names[name], name)
	}
	_, ok := (*known.Finder)(nil).Agent("claude")
	require.False(t, ok, "a server may offer none")
}
