package web_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The command is pasted into a shell, so nothing but a link may get into it.
func TestPages_Script(t *testing.T) {
	const (
		base    = "https://parley.example"
		session = "/s/6f1f0f9c-33ad-4c8e-9d86-1b0d5f3f2a11"
		own     = "#p=0b2f6e6e-5a43-4f5f-8a05-1c54a5b9d6f7:dG9r_-4"
	)
	for name, row := range map[string]struct {
		address string
		shown   []string
		command string
	}{
		"an invite": {base + session + "#i=abc_-123", []string{"ready"}, "parley join '" + base + session + "#i=abc_-123'"},
		"one's own way back, with a warning": {base + session + own, []string{"ready", "own"},
			"parley join '" + base + session + own + "'"},
		"no fragment":                {base + session, []string{"incomplete"}, ""},
		"an empty invite":            {base + session + "#i=", []string{"incomplete"}, ""},
		"a quote in the invite":      {base + session + "#i=a';id;'", []string{"incomplete"}, ""},
		"a line break in the invite": {base + session + "#i=a%0aid", []string{"incomplete"}, ""},
		"a command in the session":   {base + "/s/$(id)#i=a", []string{"incomplete"}, ""},
		"a query":                    {base + session + "?x=';id;'#i=a", []string{"ready"}, "parley join '" + base + session + "#i=a'"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("node"); err != nil {
				require.FailNow(t, "this test needs Node.js 20 or later in PATH")
			}
			out, err := exec.Command("node", "testdata/page/fill.mjs", "page/assets/join.js", row.address).Output()
			require.NoError(t, err)
			var page struct {
				Shown   []string
				Command string
			}
			require.NoError(t, json.Unmarshal(out, &page))
			require.Equal(t, row.shown, page.Shown)
			require.Equal(t, row.command, page.Command)
		})
	}
}
