package redaction

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlags_say_what_is_masked(t *testing.T) {
	t.Setenv("DEPLOY_KEY", "correct horse")
	t.Setenv("PIN", "1234")
	file := filepath.Join(t.TempDir(), "patterns")
	require.NoError(t, os.WriteFile(file, []byte("# tickets\n\nTICKET-[0-9]+\r\n"), 0o600))
	const text = "AKIAIOSFODNN7EXAMPLE TICKET-1 NOTE-2 correct horse"
	for want, f := range map[string]Flags{
		"[redacted] TICKET-1 NOTE-2 correct horse":           {},
		"[redacted] TICKET-1 [redacted] correct horse":       {values: []string{"on", "NOTE-[0-9]"}},
		"[redacted] [redacted] NOTE-2 correct horse":         {files: []string{file}},
		"[redacted] TICKET-1 NOTE-2 [redacted]":              {env: []string{"DEPLOY_KEY"}},
		"AKIAIOSFODNN7EXAMPLE TICKET-1 NOTE-2 correct horse": {values: []string{"off"}},
	} {
		rules, err := f.Rules()
		require.NoError(t, err)
		require.Equal(t, want, rules.String(text))
	}
	for want, f := range map[string]Flags{
		`--redact: pattern "(": error parsing regexp`: {values: []string{"("}},
		"--redact: give on, off or":                   {values: []string{""}},
		"--redact=off: leave out":                     {values: []string{"off"}, env: []string{"DEPLOY_KEY"}},
		`variable "NONE" is not set`:                  {env: []string{"NONE"}},
		"PIN has fewer than 6 bytes":                  {env: []string{"PIN"}},
		"--redact-file: open ":                        {files: []string{"none"}},
	} {
		_, err := f.Rules()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "1234")
	}
}
