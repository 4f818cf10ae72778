package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedact_masks_secrets(t *testing.T) {
	const secret = "hunter2-very-Secret99"
	for _, text := range []string{
		`{"headers":{"authorization":"Bearer ` + secret + `"}}`,
		`{"Authorization": "` + secret + `"}`,
		`{"x-api-key":"` + secret + `","level":30}`,
		`{"apiKey":"` + secret, // truncated
		`{\"api_key\": \"` + secret + `\"}`,
		"Authorization: Bearer " + secret,
		"authorization=" + secret,
		"KESTREL_API_KEY=" + secret,
		"export GITHUB_TOKEN='" + secret + "'",
		"password: " + secret,
		"client_secret=" + secret + "&x=1",
		"cookie: sid=" + secret,
		"run --api-key " + secret + " now",
		"run --token=" + secret,
		"POST https://ada:" + secret + "@example.com/v1",
		"Bearer " + secret,
		"-----BEGIN RSA PRIVATE KEY-----\n" + secret + "\n-----END RSA PRIVATE KEY-----",
		"-----BEGIN PRIVATE KEY-----\n" + secret,
		"Secret99aaaa\n" + "hunter2\n" + "-----END PRIVATE KEY-----",
	} {
		require.NotContains(t, redact(text), secret, text)
		require.Contains(t, redact(text), redacted, text)
		require.Equal(t, redact(text), redact(redact(text)), "masking again changes nothing")
	}
	for _, key := range []string{
		"sk-ant-api03-abcDEF0123456789", "ghp_abcdefABCDEF0123456789", "github_pat_11AAAAA_abcdef", "xoxb-12345-abcdef",
		"AKIAIOSFODNN7EXAMPLE", "AIzaSyA-1234567890abcdef", "glpat-abcdefghij0123",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123", strings.Repeat("0a1b2c3d", 8),
	} {
		require.NotContains(t, redact("got "+key+" from it"), key)
	}
}

func TestRedact_keeps_other_text(t *testing.T) {
	for _, text := range []string{
		`{"level":30,"msg":"request done","status":200}`,
		"npm warn exec The following package was not found and will be installed: example-agent@1.2.3",
		"Listening on http://127.0.0.1:8080/path?q=1",
		"model kestrel-sonnet-4-5-20250929-thinking-v2 does not exist",
		"tokens used: none yet", "/home/ada/projects/example/2024/node_modules/very/long/path0/index.js",
		strings.Repeat("=", 80), "the basic idea",
	} {
		require.Equal(t, text, redact(text))
	}
}
