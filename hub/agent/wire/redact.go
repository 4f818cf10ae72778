package wire

import (
	"regexp"
	"strings"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// secretName is the name of a member, a variable or a header whose value is not
// to be shown.
const secretName = `[\w.-]*(?:authorization|cookie|api[_-]?key|apikey|access[_-]?key|private[_-]?key|token|secret|passw(?:or)?d|passphrase|credential|session[_-]?key)[\w-]*`

// secrets are what looks like one, and what is written in its place. The first
// ones keep the name that tells what was there.
var secrets = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`(?is)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), redacted},
	{regexp.MustCompile(`(?i)(?:[A-Za-z0-9+/=]+\n)+-----END [A-Z ]*PRIVATE KEY-----`), redacted}, // its beginning was cut off
	{regexp.MustCompile(`(?i)("` + secretName + `\\?"\s*:\s*\\?)"(?:[^"\\]|\\.)*(?:"|$)`), `$1"` + redacted + `"`},
	{regexp.MustCompile(`(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{6,}`), `$1 ` + redacted},
	{regexp.MustCompile(`(?i)(\b` + secretName + `["']?\s*[:=]\s*)(?:\[redacted\]|"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s"',;&}\]]+)`), `$1` + redacted},
	{regexp.MustCompile(`(?i)(--` + secretName + `\s+)[^\s-]\S*`), `$1` + redacted},
	{regexp.MustCompile(`(\b[a-zA-Z][\w+.-]*://)[^\s/@:]*:[^\s/@]*@`), `$1` + redacted + `@`},
	{regexp.MustCompile(`\b(?:sk|pk|rk|gsk|xai|hf|npm|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abeoprs]|AIza|ya29\.|AKIA|ASIA|eyJ)[\w.~+/-]{8,}={0,2}`), redacted},
}

// longWord is a word that is long enough to be a key.
var longWord = regexp.MustCompile(`[A-Za-z0-9_+/=-]{32,}`)

// nameParts is what the names of models, packages and files are made of.
var nameParts = regexp.MustCompile(`^(?:(?:[A-Za-z]+|[0-9]+|[A-Za-z0-9]{1,4})(?:[_+/=-]+|$))+$`)

// redact masks what looks like a secret in a text: values of members, variables, headers and flags that are named like one,
// well-known forms of keys and tokens, and long words of mixed characters. It is
// a net, not a proof.
func redact(text string) string {
	for _, s := range secrets {
		text = s.pattern.ReplaceAllString(text, s.by)
	}
	return longWord.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.ContainsAny(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz") &&
			strings.Count(word, "/") < 3 && // else it is a path
			!nameParts.MatchString(word) {
			return redacted
		}
		return word
	})
}
