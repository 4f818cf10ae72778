package wire

import (
	"regexp"
	"strings"
)

// redacted replaces a secret.
const redacted = "[redacted]"

// secretName matches the name of a member, variable, header or flag whose value is
// secret.
const secretName = `[\w.-]*(?:authorization|cookie|api[_-]?key|apikey|access[_-]?key|private[_-]?key|token|secret|passw(?:or)?d|passphrase|credential|session[_-]?key)[\w-]*`

// secrets are patterns of secrets with their replacements, which keep the secret's
// name if it has one.
var secrets = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`(?is)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), redacted},
	{regexp.MustCompile(`(?i)(?:[A-Za-z0-9+/=]+\n)+-----END [A-Z ]*PRIVATE KEY-----`), redacted}, // without its beginning
	{regexp.MustCompile(`(?i)("` + secretName + `\\?"\s*:\s*\\?)"(?:[^"\\]|\\.)*(?:"|$)`), `$1"` + redacted + `"`},
	{regexp.MustCompile(`(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{6,}`), `$1 ` + redacted},
	{regexp.MustCompile(`(?i)(\b` + secretName + `["']?\s*[:=]\s*)(?:\[redacted\]|"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s"',;&}\]]+)`), `$1` + redacted},
	{regexp.MustCompile(`(?i)(--` + secretName + `\s+)[^\s-]\S*`), `$1` + redacted},
	{regexp.MustCompile(`(\b[a-zA-Z][\w+.-]*://)[^\s/@:]*:[^\s/@]*@`), `$1` + redacted + `@`},
	{regexp.MustCompile(`\b(?:sk|pk|rk|gsk|xai|hf|npm|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abeoprs]|AIza|ya29\.|AKIA|ASIA|eyJ)[\w.~+/-]{8,}={0,2}`), redacted},
}

// longWord matches a word that is long enough for a key.
var longWord = regexp.MustCompile(`[A-Za-z0-9_+/=-]{32,}`)

// nameParts matches names of models, packages and files.
var nameParts = regexp.MustCompile(`^(?:(?:[A-Za-z]+|[0-9]+|[A-Za-z0-9]{1,4})(?:[_+/=-]+|$))+$`)

// redact replaces what looks like a secret in a text: values of members, variables,
// headers and flags with the name of a secret, well-known forms of keys and tokens, and
// long words of mixed characters. It cannot find all secrets.
func redact(text string) string {
	for _, s := range secrets {
		text = s.pattern.ReplaceAllString(text, s.by)
	}
	return longWord.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.ContainsAny(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz") &&
			strings.Count(word, "/") < 3 && // with more it is a path
			!nameParts.MatchString(word) {
			return redacted
		}
		return word
	})
}
